//! Dutch, Polish, Turkish, Swedish, Ukrainian, Korean, Chinese (Taiwan), and the little there is of
//! Arabic, Persian and Welsh.

#![cfg_attr(rustfmt, rustfmt::skip)]

use fake::locales as crates;
use fake::locales::Data as _;

use super::super::ids;
use super::super::table::{Bban, Tables};
use super::en_gb::EN_GB;
use super::en_us::EN_US;
use super::ru_ru::RU_RU;
use super::zh_cn::ZH_CN;

/// Names of streets and towns as they are, postcode before the town.
const PLAIN: Tables = Tables {
    suffixes: &[],
    names: &[(1, "{first} {last}")],
    city_formats: &["{city_name}"],
    street_formats: &["{street}"],
    numbers: &["%", "%#", "%##"],
    street_addresses: &["{street_name} {number}"],
    addresses: &["{street_address}\n{postcode} {city}"],
    company_formats: &["{last} {company_suffix}", "{last}, {last} {company_suffix}"],
    ..EN_US
};

pub(super) const NL_NL: Tables = Tables {
    female: &["Emma", "Julia", "Sophie", "Tess", "Zoë", "Sara", "Anna", "Lotte", "Eva", "Fleur", "Lieke", "Noor", "Femke", "Sanne", "Iris", "Anouk", "Roos", "Maud", "Esmee", "Britt", "Johanna", "Maria", "Wilhelmina", "Cornelia", "Hendrika", "Margaretha"],
    male: &["Daan", "Sem", "Lucas", "Levi", "Finn", "Bram", "Milan", "Luuk", "Thijs", "Jesse", "Lars", "Tim", "Ruben", "Thomas", "Jan", "Piet", "Kees", "Willem", "Hendrik", "Johannes", "Sander", "Bas", "Joris", "Maarten", "Pieter", "Wouter"],
    last: crates::NL_NL::NAME_LAST_NAME,
    cities: &["Amsterdam", "Rotterdam", "Den Haag", "Utrecht", "Eindhoven", "Groningen", "Tilburg", "Almere", "Breda", "Nijmegen", "Enschede", "Haarlem", "Arnhem", "Zaandam", "Amersfoort", "Apeldoorn", "Hoofddorp", "Maastricht", "Leiden", "Dordrecht", "Zoetermeer", "Zwolle", "Deventer", "Delft", "Alkmaar", "Heerlen", "Venlo", "Leeuwarden", "Hilversum", "Assen", "Middelburg", "Lelystad"],
    states: &[("Drenthe", "DR"), ("Flevoland", "FL"), ("Friesland", "FR"), ("Gelderland", "GE"), ("Groningen", "GR"), ("Limburg", "LI"), ("Noord-Brabant", "NB"), ("Noord-Holland", "NH"), ("Overijssel", "OV"), ("Utrecht", "UT"), ("Zeeland", "ZE"), ("Zuid-Holland", "ZH")],
    streets: &["Kerkstraat", "Schoolstraat", "Molenstraat", "Dorpsstraat", "Molenweg", "Nieuwstraat", "Julianastraat", "Parallelweg", "Wilhelminastraat", "Sportlaan", "Stationsweg", "Beatrixstraat", "Marktplein", "Hoofdstraat", "Industrieweg", "Kastanjelaan", "Eikenlaan", "Lindelaan", "Rembrandtstraat", "Vondelstraat"],
    postcodes: &["%### ??"],
    country: "Nederland",
    country_code: "NL",
    company_suffixes: &["BV", "NV", "VOF", "CV", "en Zonen"],
    phones: &["+31(0)## #######", "0## #######", "0###-######", "+31(0)6 ########", "06 ########"],
    tlds: &["com", "nl", "nl", "nl", "net", "org"],
    free_mail: &["gmail.com", "hotmail.com", "ziggo.nl", "kpnmail.nl", "xs4all.nl"],
    months: &["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
    weekdays: &["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    words: &["huis", "boom", "water", "dag", "nacht", "mens", "tijd", "jaar", "hand", "oog", "deur", "stad", "straat", "land", "zee", "boek", "woord", "werk", "leven", "wereld", "goed", "groot", "klein", "nieuw", "oud", "lang", "kort", "snel", "langzaam", "mooi", "komen", "gaan", "zien", "weten", "maken", "vinden", "geven", "nemen", "lopen", "spreken", "vandaag", "morgen", "altijd", "nooit", "samen"],
    currency: ("EUR", "Euro", "€"),
    prices: &["€ %,##", "€ %#,##", "€ %##,##", "€ %.###,##"],
    banks: &["ING", "Rabobank", "ABN AMRO", "SNS Bank", "ASN Bank", "Triodos Bank", "bunq", "Knab", "RegioBank", "Van Lanschot"],
    bank_country: "NL",
    bban: Bban::Mask("????##########"),
    plates: &["??-##-##", "##-??-##", "##-???-#", "#-???-##", "?-###-??", "??-###-?"],
    person_id: ids::bsn,
    vat_id: |call| call.mask("NL#########B##"),
    ..PLAIN
};

pub(super) const PL_PL: Tables = Tables {
    female: &["Anna", "Katarzyna", "Maria", "Małgorzata", "Agnieszka", "Barbara", "Ewa", "Magdalena", "Elżbieta", "Krystyna", "Joanna", "Aleksandra", "Monika", "Zofia", "Teresa", "Natalia", "Julia", "Karolina", "Marta", "Beata", "Dorota", "Danuta", "Jadwiga", "Grażyna", "Iwona", "Zuzanna", "Maja", "Hanna", "Wiktoria", "Oliwia"],
    male: &["Piotr", "Krzysztof", "Andrzej", "Tomasz", "Paweł", "Jan", "Michał", "Marcin", "Jakub", "Adam", "Marek", "Łukasz", "Grzegorz", "Mateusz", "Wojciech", "Mariusz", "Dariusz", "Zbigniew", "Jerzy", "Maciej", "Rafał", "Robert", "Kamil", "Dawid", "Szymon", "Antoni", "Franciszek", "Stanisław", "Mikołaj", "Filip"],
    last: &["Nowak", "Wójcik", "Kowalczyk", "Woźniak", "Mazur", "Krawczyk", "Kaczmarek", "Zając", "Król", "Wieczorek", "Wróbel", "Stępień", "Pawlak", "Dudek", "Adamczyk", "Sikora", "Walczak", "Baran", "Michalak", "Szewczyk", "Pietrzak", "Duda", "Bąk", "Wilk", "Lis", "Kubiak", "Mazurek", "Kołodziej", "Kaźmierczak", "Sobczak", "Urban", "Błaszczyk", "Andrzejczak", "Kurek", "Czech", "Szulc", "Kozioł", "Cieślak", "Góra", "Marciniak"],
    cities: &["Warszawa", "Kraków", "Wrocław", "Łódź", "Poznań", "Gdańsk", "Szczecin", "Bydgoszcz", "Lublin", "Białystok", "Katowice", "Gdynia", "Częstochowa", "Radom", "Toruń", "Rzeszów", "Sosnowiec", "Kielce", "Gliwice", "Olsztyn", "Zabrze", "Bielsko-Biała", "Bytom", "Zielona Góra", "Rybnik", "Ruda Śląska", "Opole", "Tychy", "Gorzów Wielkopolski", "Elbląg", "Płock", "Wałbrzych"],
    states: &[("dolnośląskie", "DS"), ("kujawsko-pomorskie", "KP"), ("lubelskie", "LU"), ("lubuskie", "LB"), ("łódzkie", "LD"), ("małopolskie", "MA"), ("mazowieckie", "MZ"), ("opolskie", "OP"), ("podkarpackie", "PK"), ("podlaskie", "PD"), ("pomorskie", "PM"), ("śląskie", "SL"), ("świętokrzyskie", "SK"), ("warmińsko-mazurskie", "WN"), ("wielkopolskie", "WP"), ("zachodniopomorskie", "ZP")],
    streets: &["ul. Polna", "ul. Leśna", "ul. Słoneczna", "ul. Krótka", "ul. Szkolna", "ul. Ogrodowa", "ul. Lipowa", "ul. Łąkowa", "ul. Brzozowa", "ul. Kwiatowa", "ul. Kościelna", "ul. Sosnowa", "ul. Zielona", "ul. Parkowa", "ul. Akacjowa", "ul. Kolejowa", "al. Jana Pawła II", "ul. Mickiewicza", "ul. Kościuszki", "ul. Sienkiewicza", "ul. Słowackiego", "pl. Wolności"],
    postcodes: &["##-###"],
    country: "Polska",
    country_code: "PL",
    company_suffixes: &["Sp. z o.o.", "S.A.", "Sp.k.", "Sp.j.", "i syn s.c."],
    phones: &["+48 ### ### ###", "+48 ## ### ## ##", "### ### ###", "## ### ## ##", "+48 5## ### ###", "6## ### ###"],
    tlds: &["com", "pl", "pl", "com.pl", "net", "org"],
    free_mail: &["gmail.com", "wp.pl", "onet.pl", "o2.pl", "interia.pl"],
    months: &["styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec", "lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień"],
    weekdays: &["poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"],
    words: &["dom", "woda", "dzień", "noc", "człowiek", "czas", "rok", "ręka", "oko", "drzwi", "miasto", "ulica", "kraj", "morze", "książka", "słowo", "praca", "życie", "świat", "dobry", "duży", "mały", "nowy", "stary", "długi", "krótki", "szybki", "piękny", "iść", "widzieć", "wiedzieć", "robić", "dawać", "brać", "mówić", "dzisiaj", "jutro", "zawsze", "nigdy", "razem", "las", "rzeka", "góra", "niebo", "słońce"],
    currency: ("PLN", "Złoty", "zł"),
    prices: &["%,## zł", "%#,## zł", "%##,## zł", "%.###,## zł"],
    banks: &["PKO Bank Polski", "Bank Pekao", "mBank", "ING Bank Śląski", "Santander Bank Polska", "Bank Millennium", "Alior Bank", "BNP Paribas Polska"],
    bank_country: "PL",
    bban: Bban::Mask("########################"),
    plates: &["WA #####", "KR ####?", "WW ####?", "GD #####", "PO ####?", "DW ####?", "LU #####"],
    person_id: ids::pesel,
    ..PLAIN
};

pub(super) const TR_TR: Tables = Tables {
    female: &["Ayşe", "Fatma", "Emine", "Hatice", "Zeynep", "Elif", "Meryem", "Şerife", "Zehra", "Sultan", "Hanife", "Merve", "Havva", "Zeliha", "Esra", "Özlem", "Büşra", "Defne", "Eylül", "Gül", "Sevgi", "Yasemin", "Derya", "Gamze", "Nur"],
    male: &["Mehmet", "Mustafa", "Ahmet", "Ali", "Hüseyin", "Hasan", "İbrahim", "İsmail", "Osman", "Yusuf", "Murat", "Ömer", "Ramazan", "Halil", "Süleyman", "Emre", "Burak", "Kerem", "Can", "Efe", "Cem", "Volkan", "Onur", "Serkan", "Tolga"],
    last: crates::TR_TR::NAME_LAST_NAME,
    cities: &["İstanbul", "Ankara", "İzmir", "Bursa", "Antalya", "Adana", "Konya", "Gaziantep", "Mersin", "Diyarbakır", "Kayseri", "Eskişehir", "Samsun", "Denizli", "Şanlıurfa", "Malatya", "Trabzon", "Erzurum", "Van", "Sakarya", "Balıkesir", "Manisa", "Kocaeli", "Hatay", "Aydın", "Tekirdağ", "Muğla", "Sivas", "Elazığ", "Çanakkale", "Edirne"],
    states: &[("Adana", "01"), ("Ankara", "06"), ("Antalya", "07"), ("Aydın", "09"), ("Balıkesir", "10"), ("Bursa", "16"), ("Çanakkale", "17"), ("Denizli", "20"), ("Diyarbakır", "21"), ("Erzurum", "25"), ("Eskişehir", "26"), ("Gaziantep", "27"), ("Hatay", "31"), ("Mersin", "33"), ("İstanbul", "34"), ("İzmir", "35"), ("Kayseri", "38"), ("Kocaeli", "41"), ("Konya", "42"), ("Malatya", "44"), ("Manisa", "45"), ("Muğla", "48"), ("Sakarya", "54"), ("Samsun", "55"), ("Sivas", "58"), ("Trabzon", "61"), ("Van", "65")],
    streets: &["Atatürk Caddesi", "Cumhuriyet Caddesi", "İstiklal Caddesi", "Bağdat Caddesi", "Fatih Sokak", "Menekşe Sokak", "Gül Sokak", "Lale Sokak", "Okul Sokak", "Çınar Sokak", "Zafer Caddesi", "İnönü Bulvarı", "Barbaros Bulvarı", "Mimar Sinan Caddesi", "Yunus Emre Sokak"],
    postcodes: &["#####"],
    country: "Türkiye",
    country_code: "TR",
    company_suffixes: &["A.Ş.", "Ltd. Şti.", "Ticaret", "Holding"],
    phones: &["+90(5##)#######", "+90 (5##) ### ## ##", "0(2##)#######", "05## ### ## ##"],
    tlds: &["com", "com", "net", "org", "com.tr", "gen.tr"],
    months: &["Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"],
    weekdays: &["Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar"],
    words: &["ev", "su", "gün", "gece", "insan", "zaman", "yıl", "el", "göz", "kapı", "şehir", "sokak", "ülke", "deniz", "kitap", "söz", "iş", "hayat", "dünya", "iyi", "büyük", "küçük", "yeni", "eski", "uzun", "kısa", "hızlı", "güzel", "gelmek", "gitmek", "görmek", "bilmek", "yapmak", "vermek", "almak", "bugün", "yarın", "her", "zaman", "birlikte"],
    currency: ("TRY", "Türk lirası", "₺"),
    prices: &["₺%,##", "₺%#,##", "₺%##,##", "₺%.###,##"],
    banks: &["Ziraat Bankası", "Türkiye İş Bankası", "Garanti BBVA", "Akbank", "Yapı Kredi", "Halkbank", "VakıfBank", "QNB Finansbank", "Denizbank"],
    bank_country: "TR",
    bban: Bban::Mask("######################"),
    plates: &["34 ?? ###", "06 ?? ###", "35 ??? ##", "16 ? ####", "07 ?? ####"],
    person_id: ids::kimlik,
    ..PLAIN
};

pub(super) const SV_SE: Tables = Tables {
    female: &["Anna", "Eva", "Maria", "Karin", "Sara", "Kristina", "Lena", "Emma", "Kerstin", "Ingrid", "Marie", "Malin", "Jenny", "Birgitta", "Inger", "Annika", "Ulla", "Linda", "Monica", "Elin", "Alice", "Maja", "Vera", "Ebba", "Astrid", "Åsa", "Gunilla", "Märta"],
    male: &["Lars", "Mikael", "Anders", "Johan", "Erik", "Per", "Karl", "Peter", "Thomas", "Jan", "Daniel", "Fredrik", "Hans", "Bengt", "Mats", "Andreas", "Stefan", "Sven", "Bo", "Nils", "Marcus", "Gustav", "Oscar", "Elias", "Liam", "Hugo", "Göran", "Åke"],
    last: &["Johansson", "Andersson", "Karlsson", "Nilsson", "Eriksson", "Larsson", "Olsson", "Persson", "Svensson", "Gustafsson", "Pettersson", "Jonsson", "Jansson", "Hansson", "Bengtsson", "Jönsson", "Lindberg", "Jakobsson", "Magnusson", "Olofsson", "Lindström", "Lindqvist", "Lindgren", "Axelsson", "Berg", "Bergström", "Lundberg", "Lind", "Lundgren", "Lundqvist", "Mattsson", "Berglund", "Fredriksson", "Sandberg", "Henriksson", "Forsberg", "Sjöberg", "Wallin", "Engström", "Öberg"],
    cities: &["Stockholm", "Göteborg", "Malmö", "Uppsala", "Västerås", "Örebro", "Linköping", "Helsingborg", "Jönköping", "Norrköping", "Lund", "Umeå", "Gävle", "Borås", "Södertälje", "Eskilstuna", "Halmstad", "Växjö", "Karlstad", "Sundsvall", "Östersund", "Trollhättan", "Luleå", "Lidingö", "Borlänge", "Falun", "Kalmar", "Kristianstad", "Skövde", "Visby", "Kiruna"],
    states: &[("Stockholms län", "AB"), ("Uppsala län", "C"), ("Södermanlands län", "D"), ("Östergötlands län", "E"), ("Jönköpings län", "F"), ("Kronobergs län", "G"), ("Kalmar län", "H"), ("Gotlands län", "I"), ("Blekinge län", "K"), ("Skåne län", "M"), ("Hallands län", "N"), ("Västra Götalands län", "O"), ("Värmlands län", "S"), ("Örebro län", "T"), ("Västmanlands län", "U"), ("Dalarnas län", "W"), ("Gävleborgs län", "X"), ("Västernorrlands län", "Y"), ("Jämtlands län", "Z"), ("Västerbottens län", "AC"), ("Norrbottens län", "BD")],
    streets: &["Storgatan", "Kungsgatan", "Drottninggatan", "Skolgatan", "Järnvägsgatan", "Kyrkogatan", "Parkgatan", "Stationsgatan", "Ringvägen", "Björkvägen", "Granvägen", "Skogsvägen", "Ängsvägen", "Tallvägen", "Strandvägen", "Åkervägen", "Industrigatan", "Nygatan", "Trädgårdsgatan", "Västergatan"],
    postcodes: &["%####"],
    country: "Sverige",
    country_code: "SE",
    company_suffixes: &["AB", "HB", "KB", "& Söner"],
    phones: &["+46 (0)8 ### ### ##", "+46 (0)## ## ## ##", "08-### ### ##", "0###-## ## ##", "070-### ## ##", "073-### ## ##"],
    tlds: &["com", "se", "se", "se", "nu", "net", "org"],
    months: &["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"],
    weekdays: &["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
    words: &["hus", "träd", "vatten", "dag", "natt", "människa", "tid", "år", "hand", "öga", "dörr", "stad", "gata", "land", "hav", "bok", "ord", "arbete", "liv", "värld", "bra", "stor", "liten", "ny", "gammal", "lång", "kort", "snabb", "vacker", "komma", "gå", "se", "veta", "göra", "finna", "ge", "ta", "tala", "idag", "imorgon", "alltid", "aldrig", "tillsammans", "skog", "sjö"],
    currency: ("SEK", "Svensk krona", "kr"),
    prices: &["%,## kr", "%#,## kr", "%##,## kr", "% ###,## kr"],
    banks: &["Swedbank", "SEB", "Handelsbanken", "Nordea", "Länsförsäkringar Bank", "SBAB", "Skandiabanken", "ICA Banken"],
    bank_country: "SE",
    bban: Bban::Mask("####################"),
    plates: &["??? ###", "??? ##?"],
    person_id: ids::personnummer,
    vat_id: |call| call.mask("SE##########01"),
    ..PLAIN
};

pub(super) const UK_UA: Tables = Tables {
    female: &["Олена", "Наталія", "Тетяна", "Ірина", "Оксана", "Світлана", "Марія", "Ганна", "Юлія", "Людмила", "Катерина", "Вікторія", "Ольга", "Галина", "Анастасія", "Дарина", "Соломія", "Злата", "Софія", "Поліна", "Христина", "Леся", "Богдана", "Ярослава", "Надія"],
    male: &["Олександр", "Сергій", "Володимир", "Андрій", "Микола", "Іван", "Юрій", "Василь", "Олексій", "Михайло", "Віктор", "Петро", "Дмитро", "Максим", "Артем", "Богдан", "Тарас", "Ярослав", "Назар", "Роман", "Остап", "Євген", "Павло", "Степан", "Григорій"],
    last: &["Мельник", "Шевченко", "Бойко", "Коваленко", "Бондаренко", "Ткаченко", "Ковальчук", "Кравченко", "Олійник", "Шевчук", "Коваль", "Поліщук", "Бондар", "Ткачук", "Мороз", "Марченко", "Лисенко", "Руденко", "Савченко", "Петренко", "Кравчук", "Клименко", "Павленко", "Савчук", "Кузьменко", "Пономаренко", "Левченко", "Харченко", "Карпенко", "Гончаренко", "Василенко", "Мартинюк", "Романюк", "Панченко", "Іщенко"],
    last_female: &[],
    middle_female: &["Олександрівна", "Сергіївна", "Володимирівна", "Андріївна", "Миколаївна", "Іванівна", "Юріївна", "Василівна", "Михайлівна", "Петрівна", "Дмитрівна", "Романівна"],
    middle_male: &["Олександрович", "Сергійович", "Володимирович", "Андрійович", "Миколайович", "Іванович", "Юрійович", "Васильович", "Михайлович", "Петрович", "Дмитрович", "Романович"],
    prefix_female: &["пані"],
    prefix_male: &["пан"],
    names: &[(7, "{first} {last}"), (3, "{last} {first} {middle}")],
    cities: &["Київ", "Харків", "Одеса", "Дніпро", "Донецьк", "Запоріжжя", "Львів", "Кривий Ріг", "Миколаїв", "Вінниця", "Херсон", "Полтава", "Чернігів", "Черкаси", "Житомир", "Суми", "Хмельницький", "Чернівці", "Рівне", "Івано-Франківськ", "Кропивницький", "Тернопіль", "Луцьк", "Ужгород", "Біла Церква", "Кременчук", "Мукачево", "Умань", "Бровари", "Ніжин"],
    city_formats: &["{city_name}"],
    states: &[("Вінницька область", "05"), ("Волинська область", "07"), ("Дніпропетровська область", "12"), ("Житомирська область", "18"), ("Закарпатська область", "21"), ("Запорізька область", "23"), ("Івано-Франківська область", "26"), ("Київська область", "32"), ("Львівська область", "46"), ("Миколаївська область", "48"), ("Одеська область", "51"), ("Полтавська область", "53"), ("Рівненська область", "56"), ("Сумська область", "59"), ("Харківська область", "63"), ("Черкаська область", "71"), ("Чернігівська область", "74")],
    streets: &["Шевченка", "Лесі Українки", "Івана Франка", "Грушевського", "Хмельницького", "Соборна", "Незалежності", "Миру", "Садова", "Шкільна", "Центральна", "Лісова", "Зелена", "Київська", "Польова", "Набережна", "Молодіжна", "Перемоги", "Сонячна", "Козацька"],
    street_prefixes: &["вулиця", "вулиця", "проспект", "провулок", "площа"],
    addresses: &["{street_address}, {city}, {postcode}"],
    street_addresses: &["{street_name}, {number}"],
    postcodes: &["#####"],
    country: "Україна",
    country_code: "UA",
    company_prefixes: &["ТОВ", "ПрАТ", "ПАТ", "ФОП"],
    phones: &["+380 ## ###-##-##", "0## ### ## ##", "+380#########", "(0##) ###-##-##"],
    mobiles: &["+380 50 ###-##-##", "+380 67 ###-##-##", "+380 63 ###-##-##"],
    tlds: &["com", "ua", "ua", "com.ua", "net", "org"],
    free_mail: &["ukr.net", "gmail.com", "i.ua", "meta.ua"],
    months: &["січень", "лютий", "березень", "квітень", "травень", "червень", "липень", "серпень", "вересень", "жовтень", "листопад", "грудень"],
    weekdays: &["понеділок", "вівторок", "середа", "четвер", "п'ятниця", "субота", "неділя"],
    words: &["дім", "вода", "день", "ніч", "людина", "час", "рік", "рука", "око", "двері", "місто", "вулиця", "країна", "море", "книга", "слово", "праця", "життя", "світ", "добрий", "великий", "малий", "новий", "старий", "довгий", "швидкий", "гарний", "йти", "бачити", "знати", "робити", "давати", "брати", "говорити", "сьогодні", "завтра", "завжди", "ніколи", "разом", "ліс", "річка", "гора", "небо", "сонце"],
    colors: &["білий", "чорний", "червоний", "синій", "жовтий", "зелений", "блакитний", "сірий", "рожевий", "фіолетовий", "помаранчевий", "коричневий"],
    currency: ("UAH", "Гривня", "₴"),
    prices: &["%,## ₴", "%#,## ₴", "%##,## ₴"],
    banks: &["ПриватБанк", "Ощадбанк", "Укрексімбанк", "Укргазбанк", "Райффайзен Банк", "ПУМБ", "Укрсиббанк", "Універсал Банк", "Креді Агріколь Банк"],
    bank_country: "UA",
    bban: Bban::Mask("#########################"),
    plates: &["АА####ВВ", "ВС####СЕ", "КА####ТХ", "ВН####ІК", "АЕ####МО"],
    person_id: ids::ukrainian,
    vat_id: ids::plain_vat,
    ..RU_RU
};

pub(super) const KO_KR: Tables = Tables {
    female: &["영희", "서연", "민서", "지우", "서현", "지민", "수빈", "지원", "하윤", "서윤", "은지", "미영", "은영", "지영", "수진", "혜진", "은주", "정숙", "영숙", "순자", "경숙", "미숙", "예진", "유진", "보람"],
    male: &["민준", "서준", "예준", "도윤", "시우", "주원", "하준", "지호", "준서", "준우", "현우", "지훈", "성민", "동현", "상현", "영수", "영철", "영호", "성호", "정훈", "재현", "진우", "승현", "건우", "우진"],
    last: &["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황", "안", "송", "류", "전", "홍", "고", "문", "양", "손", "배", "백", "허", "유", "남", "심", "노", "하", "곽", "성"],
    names: &[(1, "{last}{first}")],
    roman_first: &["Younghee", "Seoyeon", "Minseo", "Jiwoo", "Seohyun", "Jimin", "Subin", "Jiwon", "Minjun", "Seojun", "Yejun", "Doyun", "Siwoo", "Juwon", "Hajun", "Jiho", "Junseo", "Hyunwoo", "Jihoon", "Sungmin", "Donghyun", "Youngsoo"],
    roman_last: &["Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Cho", "Yoon", "Jang", "Lim", "Han", "Oh", "Seo", "Shin", "Kwon", "Hwang", "Ahn", "Song", "Ryu", "Hong"],
    cities: &["서울특별시", "부산광역시", "인천광역시", "대구광역시", "대전광역시", "광주광역시", "울산광역시", "세종특별자치시", "수원시", "용인시", "고양시", "창원시", "성남시", "화성시", "청주시", "부천시", "남양주시", "전주시", "천안시", "안산시", "안양시", "김해시", "평택시", "포항시", "제주시", "시흥시", "파주시", "의정부시", "김포시", "구미시"],
    states: &[("서울특별시", "11"), ("부산광역시", "26"), ("대구광역시", "27"), ("인천광역시", "28"), ("광주광역시", "29"), ("대전광역시", "30"), ("울산광역시", "31"), ("경기도", "41"), ("강원도", "42"), ("충청북도", "43"), ("충청남도", "44"), ("전라북도", "45"), ("전라남도", "46"), ("경상북도", "47"), ("경상남도", "48"), ("제주특별자치도", "50")],
    districts: &["강남구", "서초구", "송파구", "종로구", "중구", "마포구", "영등포구", "용산구", "동구", "서구", "남구", "북구"],
    streets: &["세종대로", "강남대로", "테헤란로", "역삼로", "반포대로", "서초대로", "언주로", "압구정로", "도산대로", "선릉로", "논현로", "봉은사로", "양재천로", "잠실로", "석촌호수로", "삼성로", "학동로", "개포로", "백제고분로", "가락로"],
    addresses: &["{state} {district} {street} {number}"],
    postcodes: &["#####"],
    country: "대한민국",
    country_code: "KR",
    company_prefixes: &["주식회사", "유한회사", "(주)"],
    company_suffixes: &["Inc", "Group", "Ltd"],
    company_formats: &["{company_prefix} {last}{last}", "{company_prefix} {last}{last}{last}"],
    phones: &["02-###-####", "0##-###-####", "010-####-####", "070-####-####"],
    mobiles: &["010-####-####"],
    tlds: &["com", "com", "kr", "co.kr", "net", "org"],
    free_mail: &["gmail.com", "naver.com", "daum.net", "hanmail.net", "nate.com"],
    months: &["1월", "2월", "3월", "4월", "5월", "6월", "7월", "8월", "9월", "10월", "11월", "12월"],
    weekdays: &["월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"],
    words: &["집", "물", "날", "밤", "사람", "시간", "해", "손", "눈", "문", "도시", "거리", "나라", "바다", "책", "말", "일", "삶", "세계", "좋은", "큰", "작은", "새로운", "오래된", "긴", "짧은", "빠른", "아름다운", "오다", "가다", "보다", "알다", "하다", "주다", "오늘", "내일", "항상", "함께", "숲", "강", "산", "하늘", "태양"],
    currency: ("KRW", "대한민국 원", "₩"),
    prices: &["₩%,###", "₩%#,###", "₩%##,###"],
    banks: &["국민은행", "신한은행", "우리은행", "하나은행", "농협은행", "기업은행", "카카오뱅크", "케이뱅크", "부산은행", "대구은행"],
    plates: &["##가 ####", "##나 ####", "###다 ####", "##라 ####", "##마 ####"],
    person_id: ids::korean,
    ..PLAIN
};

pub(super) const ZH_TW: Tables = Tables {
    female: &["淑芬", "淑惠", "美玲", "雅婷", "美惠", "麗華", "淑娟", "淑貞", "怡君", "淑華", "雅雯", "佳穎", "怡婷", "雅惠", "心怡", "詩涵", "宜蓁", "欣怡", "郁婷", "惠如"],
    male: &["家豪", "志明", "俊傑", "建宏", "俊宏", "志豪", "志偉", "承翰", "冠宇", "宗翰", "文雄", "金龍", "冠霖", "柏翰", "彥廷", "哲瑋", "信宏", "明哲", "育誠", "家銘"],
    last: &["陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "許", "鄭", "謝", "洪", "郭", "邱", "曾", "廖", "賴", "徐", "周", "葉", "蘇", "莊", "呂", "江", "何", "蕭", "羅", "高"],
    cities: &["臺北市", "新北市", "桃園市", "臺中市", "臺南市", "高雄市", "基隆市", "新竹市", "嘉義市", "竹北市", "苗栗市", "彰化市", "南投市", "斗六市", "屏東市", "宜蘭市", "花蓮市", "臺東市", "馬公市", "板橋區", "中壢區", "鳳山區"],
    city_formats: &["{city_name}"],
    states: &[("臺北市", "TPE"), ("新北市", "NWT"), ("桃園市", "TAO"), ("臺中市", "TXG"), ("臺南市", "TNN"), ("高雄市", "KHH"), ("基隆市", "KEE"), ("新竹縣", "HSQ"), ("苗栗縣", "MIA"), ("彰化縣", "CHA"), ("南投縣", "NAN"), ("雲林縣", "YUN"), ("嘉義縣", "CYQ"), ("屏東縣", "PIF"), ("宜蘭縣", "ILA"), ("花蓮縣", "HUA"), ("臺東縣", "TTT")],
    districts: &["中正區", "大安區", "信義區", "中山區", "士林區", "北投區", "文山區", "西屯區", "三民區", "左營區"],
    streets: &["中正", "中山", "中華", "民生", "民權", "民族", "忠孝", "仁愛", "信義", "和平", "復興", "建國", "光復", "文化", "自由", "博愛", "新生", "大同", "三民", "成功"],
    street_formats: &["{street}路", "{street}街", "{street}路{%}段"],
    numbers: &["%號", "%#號", "%##號"],
    addresses: &["{###} {state}{district}{street_name}{number}{%}樓"],
    postcodes: &["###", "#####"],
    country: "臺灣",
    country_code: "TW",
    company_suffixes: &["有限公司", "股份有限公司"],
    company_formats: &["{last}{last}{company_suffix}", "{last}記{company_suffix}"],
    phones: &["(0%)########", "0%-########", "09##-######", "09########", "+886 9########"],
    mobiles: &["09##-######", "09########"],
    tlds: &["com", "com", "tw", "com.tw", "net", "org"],
    weekdays: &["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
    words: &["時間", "公司", "沒有", "資訊", "下載", "軟體", "註冊", "自己", "產品", "工作", "論壇", "企業", "這個", "他們", "管理", "已經", "問題", "內容", "使用", "進行", "市場", "服務", "如果", "系統", "技術", "發展", "現在", "作者", "就是", "網路", "提供", "相關", "文章", "方式", "電話", "世界", "生活", "學生", "專業", "電影", "音樂", "歷史", "環境", "城市"],
    currency: ("TWD", "新臺幣", "NT$"),
    prices: &["¤%##", "¤%,###"],
    banks: &["臺灣銀行", "中國信託", "國泰世華", "玉山銀行", "台北富邦", "第一銀行", "華南銀行", "彰化銀行", "兆豐銀行", "永豐銀行"],
    plates: &["???-####", "??-####", "####-??"],
    person_id: ids::taiwanese,
    ..ZH_CN
};

pub(super) const AR_SA: Tables = Tables {
    female: crates::AR_SA::NAME_FIRST_NAME,
    male: crates::AR_SA::NAME_FIRST_NAME,
    last: crates::AR_SA::NAME_LAST_NAME,
    cities: &["الرياض", "جدة", "مكة", "المدينة المنورة", "الدمام", "الطائف", "تبوك", "بريدة", "خميس مشيط", "حائل", "نجران", "أبها", "ينبع", "الجبيل", "الخبر"],
    streets: &["شارع الملك فهد", "شارع العليا", "شارع التحلية", "طريق الملك عبدالله", "شارع الأمير سلطان", "شارع الستين"],
    roman_first: EN_US.female,
    roman_last: EN_US.last,
    country: "السعودية",
    country_code: "SA",
    phones: &["+966 5########", "05########"],
    bank_country: "SA",
    bban: Bban::Mask("####################"),
    ..PLAIN
};

pub(super) const FA_IR: Tables = Tables {
    female: crates::FA_IR::NAME_FIRST_NAME,
    male: crates::FA_IR::NAME_FIRST_NAME,
    last: crates::FA_IR::NAME_LAST_NAME,
    cities: &["تهران", "مشهد", "اصفهان", "کرج", "شیراز", "تبریز", "قم", "اهواز", "کرمانشاه", "رشت", "یزد", "ارومیه", "زاهدان", "همدان", "کرمان"],
    streets: &["خیابان آزادی", "خیابان انقلاب", "خیابان ولیعصر", "خیابان شریعتی", "بلوار کشاورز", "خیابان حافظ"],
    roman_first: EN_US.female,
    roman_last: EN_US.last,
    country: "ایران",
    country_code: "IR",
    phones: &["+98 9## ### ####", "0## ########"],
    ..PLAIN
};

pub(super) const CY_GB: Tables = Tables {
    female: crates::CY_GB::NAME_FIRST_NAME,
    male: crates::CY_GB::NAME_FIRST_NAME,
    last: crates::CY_GB::NAME_LAST_NAME,
    ..EN_GB
};
