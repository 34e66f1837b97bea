//! Countries that share most with another: Austria, Switzerland, Canada, Australia, Mexico, Portugal.

#![cfg_attr(rustfmt, rustfmt::skip)]

use fake::locales as crates;
use fake::locales::Data as _;

use super::super::ids;
use super::super::table::{Bban, Tables};
use super::de_de::DE_DE;
use super::en_gb::EN_GB;
use super::en_us::EN_US;
use super::es_es::ES_ES;
use super::fr_fr::FR_FR;
use super::pt_br::PT_BR;

pub(super) const DE_AT: Tables = Tables {
    cities: &[
        "Wien", "Graz", "Linz", "Salzburg", "Innsbruck", "Klagenfurt", "Villach", "Wels", "St. Pölten", "Dornbirn", "Steyr", "Feldkirch",
        "Bregenz", "Leonding", "Klosterneuburg", "Baden", "Wolfsberg", "Leoben", "Krems", "Traun", "Amstetten", "Lustenau", "Kapfenberg",
        "Mödling", "Hallein", "Kufstein", "Traiskirchen", "Schwechat", "Braunau am Inn", "Stockerau", "Saalfelden", "Ansfelden", "Eisenstadt",
    ],
    states: &[
        ("Burgenland", "1"), ("Kärnten", "2"), ("Niederösterreich", "3"), ("Oberösterreich", "4"), ("Salzburg", "5"), ("Steiermark", "6"),
        ("Tirol", "7"), ("Vorarlberg", "8"), ("Wien", "9"),
    ],
    postcodes: &["%###"],
    country: "Österreich",
    country_code: "AT",
    phones: &["+43 (0) 7## ####", "+43 (0)%## ######", "0%## ######", "(0%##) ######", "+43 664 #######", "0664 #######"],
    mobiles: &["0650 #######", "0664 #######", "0676 #######", "0699 ########"],
    tlds: &["com", "net", "org", "at", "at", "co.at"],
    free_mail: &["gmail.com", "gmx.at", "chello.at", "aon.at", "hotmail.com", "yahoo.at"],
    bank_country: "AT",
    bban: Bban::Mask("################"),
    plates: &["W-####?", "G-###??", "L-###??", "S-###??", "I-###??", "K-###??", "BR-%##??"],
    person_id: ids::svnr,
    vat_id: |call| call.mask("ATU########"),
    ..DE_DE
};

pub(super) const DE_CH: Tables = Tables {
    cities: &[
        "Zürich", "Genf", "Basel", "Lausanne", "Bern", "Winterthur", "Luzern", "St. Gallen", "Lugano", "Biel", "Thun", "Köniz",
        "La Chaux-de-Fonds", "Freiburg", "Schaffhausen", "Chur", "Uster", "Sitten", "Neuenburg", "Lancy", "Emmen", "Yverdon-les-Bains", "Zug",
        "Kriens", "Rapperswil-Jona", "Dübendorf", "Dietikon", "Montreux", "Frauenfeld", "Wetzikon", "Baar", "Aarau", "Solothurn", "Olten",
    ],
    states: &[
        ("Aargau", "AG"), ("Appenzell Innerrhoden", "AI"), ("Appenzell Ausserrhoden", "AR"), ("Bern", "BE"), ("Basel-Landschaft", "BL"),
        ("Basel-Stadt", "BS"), ("Freiburg", "FR"), ("Genf", "GE"), ("Glarus", "GL"), ("Graubünden", "GR"), ("Jura", "JU"), ("Luzern", "LU"),
        ("Neuenburg", "NE"), ("Nidwalden", "NW"), ("Obwalden", "OW"), ("St. Gallen", "SG"), ("Schaffhausen", "SH"), ("Solothurn", "SO"),
        ("Schwyz", "SZ"), ("Thurgau", "TG"), ("Tessin", "TI"), ("Uri", "UR"), ("Waadt", "VD"), ("Wallis", "VS"), ("Zug", "ZG"), ("Zürich", "ZH"),
    ],
    postcodes: &["%###"],
    country: "Schweiz",
    country_code: "CH",
    company_suffixes: &["AG", "AG", "GmbH", "GmbH", "& Co.", "& Partner", "Gruppe"],
    phones: &["+41 2# ### ## ##", "+41 4# ### ## ##", "0## ### ## ##", "076 ### ## ##", "079 ### ## ##", "+41 (0)7# ### ## ##"],
    mobiles: &["076 ### ## ##", "077 ### ## ##", "078 ### ## ##", "079 ### ## ##"],
    tlds: &["com", "net", "org", "ch", "ch", "ch"],
    free_mail: &["gmail.com", "gmx.ch", "bluewin.ch", "hotmail.ch", "yahoo.com"],
    currency: ("CHF", "Schweizer Franken", "CHF"),
    prices: &["CHF %.##", "CHF %#.##", "CHF %##.##", "CHF %'###.##"],
    bank_country: "CH",
    bban: Bban::Mask("#################"),
    plates: &["ZH-######", "BE-######", "VD-######", "AG-######", "GE-######", "SG-######", "LU-%#####", "TI-%#####"],
    person_id: ids::ahv,
    vat_id: |call| call.mask("CHE#########"),
    ..DE_DE
};

const PROVINCES: &[(&str, &str)] = &[
    ("Alberta", "AB"), ("British Columbia", "BC"), ("Manitoba", "MB"), ("New Brunswick", "NB"), ("Newfoundland and Labrador", "NL"),
    ("Northwest Territories", "NT"), ("Nova Scotia", "NS"), ("Nunavut", "NU"), ("Ontario", "ON"), ("Prince Edward Island", "PE"),
    ("Quebec", "QC"), ("Saskatchewan", "SK"), ("Yukon Territory", "YT"),
];
const CANADIAN_CITIES: &[&str] = &[
    "Toronto", "Montréal", "Calgary", "Ottawa", "Edmonton", "Winnipeg", "Vancouver", "Mississauga", "Brampton", "Hamilton", "Québec", "Surrey",
    "Laval", "Halifax", "London", "Markham", "Vaughan", "Gatineau", "Saskatoon", "Kitchener", "Longueuil", "Burnaby", "Windsor", "Regina",
    "Richmond", "Oakville", "Burlington", "Sudbury", "Sherbrooke", "Oshawa", "Saguenay", "Lévis", "Barrie", "Abbotsford", "Trois-Rivières",
    "Guelph", "Cambridge", "Kelowna", "Kingston", "St. John's", "Fredericton", "Moncton", "Charlottetown", "Victoria", "Whitehorse",
];

pub(super) const EN_CA: Tables = Tables {
    cities: CANADIAN_CITIES,
    states: PROVINCES,
    addresses: &["{street_address}\n{city}, {abbr} {postcode}"],
    postcodes: &["A%A %?%", "B%? %?%", "H%? %?%", "K%? %?%", "L%? %?%", "M%? %?%", "T%? %?%", "V%? %?%"],
    country: "Canada",
    country_code: "CA",
    tlds: &["com", "com", "com", "biz", "info", "net", "org", "ca", "ca"],
    currency: ("CAD", "Canadian dollar", "$"),
    plates: &["???? ###", "??? ###", "??# ##?", "#?? ###", "???-####"],
    person_id: ids::sin,
    ..EN_US
};

pub(super) const FR_CA: Tables = Tables {
    cities: CANADIAN_CITIES,
    states: &[
        ("Alberta", "AB"), ("Colombie-Britannique", "BC"), ("Manitoba", "MB"), ("Nouveau-Brunswick", "NB"), ("Terre-Neuve-et-Labrador", "NL"),
        ("Nouvelle-Écosse", "NS"), ("Territoires du Nord-Ouest", "NT"), ("Nunavut", "NU"), ("Ontario", "ON"), ("Île-du-Prince-Édouard", "PE"),
        ("Québec", "QC"), ("Saskatchewan", "SK"), ("Yukon", "YT"),
    ],
    addresses: &["{street_address}\n{city}, {abbr} {postcode}"],
    postcodes: EN_CA.postcodes,
    country: "Canada",
    country_code: "CA",
    phones: EN_US.phones,
    mobiles: &[],
    tlds: &["com", "net", "org", "ca", "ca", "qc.ca"],
    currency: ("CAD", "Dollar canadien", "$"),
    prices: EN_US.prices,
    bank_country: EN_US.bank_country,
    bban: EN_US.bban,
    plates: EN_CA.plates,
    person_id: ids::sin,
    vat_id: ids::plain_vat,
    ..FR_FR
};

pub(super) const EN_AU: Tables = Tables {
    cities: &[
        "Sydney", "Melbourne", "Brisbane", "Perth", "Adelaide", "Gold Coast", "Newcastle", "Canberra", "Sunshine Coast", "Wollongong", "Hobart",
        "Geelong", "Townsville", "Cairns", "Darwin", "Toowoomba", "Ballarat", "Bendigo", "Launceston", "Mackay", "Rockhampton", "Bunbury",
        "Coffs Harbour", "Bundaberg", "Hervey Bay", "Wagga Wagga", "Shepparton", "Mildura", "Albury", "Tamworth", "Orange", "Dubbo", "Geraldton",
    ],
    states: &[
        ("Australian Capital Territory", "ACT"), ("New South Wales", "NSW"), ("Northern Territory", "NT"), ("Queensland", "QLD"),
        ("South Australia", "SA"), ("Tasmania", "TAS"), ("Victoria", "VIC"), ("Western Australia", "WA"),
    ],
    secondary: &["Apt. ###", "Flat ##", "Level %", "Suite ###", "Unit ##"],
    street_addresses: &["{number} {street_name}", "{secondary}\n {number} {street_name}"],
    addresses: &["{street_address}\n{city}, {abbr}, {postcode}"],
    postcodes: &["2###", "3###", "4###", "5###", "6###", "7###", "0800", "0870", "0850"],
    country: "Australia",
    country_code: "AU",
    phones: &["(02) #### ####", "(03) #### ####", "(07) #### ####", "(08) #### ####", "+61 2 #### ####", "+61 3 #### ####", "04## ### ###", "+61 4## ### ###"],
    mobiles: &["04##-###-###", "+61 4## ### ###"],
    tlds: &["com", "com", "com", "net", "org", "au", "com.au", "com.au", "net.au", "org.au"],
    free_mail: &["gmail.com", "yahoo.com", "hotmail.com", "outlook.com"],
    currency: ("AUD", "Australian dollar", "$"),
    prices: EN_US.prices,
    banks: &["Commonwealth Bank", "Westpac", "National Australia Bank", "ANZ", "Macquarie Bank", "Bendigo Bank", "Suncorp Bank", "Bank of Queensland", "Bankwest", "St.George Bank"],
    plates: &["?? ## ??", "###???", "?###???", "1?? #??", "S### ???"],
    person_id: ids::tfn,
    vat_id: ids::plain_vat,
    ..EN_GB
};

pub(super) const ES_MX: Tables = Tables {
    cities: &[
        "Ciudad de México", "Guadalajara", "Monterrey", "Puebla", "Tijuana", "León", "Ciudad Juárez", "Zapopan", "Mérida", "San Luis Potosí",
        "Aguascalientes", "Hermosillo", "Saltillo", "Mexicali", "Culiacán", "Querétaro", "Morelia", "Chihuahua", "Cancún", "Reynosa", "Torreón",
        "Toluca", "Durango", "Veracruz", "Tuxtla Gutiérrez", "Xalapa", "Mazatlán", "Cuernavaca", "Acapulco", "Oaxaca", "Tampico", "Tepic",
        "Pachuca", "La Paz", "Colima", "Campeche", "Zacatecas", "Guanajuato", "Villahermosa", "Chetumal",
    ],
    states: &[
        ("Aguascalientes", "AGS"), ("Baja California", "BC"), ("Baja California Sur", "BCS"), ("Campeche", "CAMP"), ("Chiapas", "CHIS"),
        ("Chihuahua", "CHIH"), ("Coahuila de Zaragoza", "COAH"), ("Colima", "COL"), ("Ciudad de México", "CDMX"), ("Durango", "DGO"),
        ("Guanajuato", "GTO"), ("Guerrero", "GRO"), ("Hidalgo", "HGO"), ("Jalisco", "JAL"), ("México", "MEX"), ("Michoacán", "MICH"),
        ("Morelos", "MOR"), ("Nayarit", "NAY"), ("Nuevo León", "NL"), ("Oaxaca", "OAX"), ("Puebla", "PUE"), ("Querétaro", "QRO"),
        ("Quintana Roo", "QROO"), ("San Luis Potosí", "SLP"), ("Sinaloa", "SIN"), ("Sonora", "SON"), ("Tabasco", "TAB"), ("Tamaulipas", "TAMPS"),
        ("Tlaxcala", "TLAX"), ("Veracruz", "VER"), ("Yucatán", "YUC"), ("Zacatecas", "ZAC"),
    ],
    addresses: &["{street_address}\n{city}, {abbr} {postcode}"],
    postcodes: &["0%###", "%####"],
    country: "México",
    country_code: "MX",
    phones: &["(0##)###-####", "1-###-###-####", "###.###.####", "+##(#)##########", "+52 ## #### ####", "#-###-###-####"],
    mobiles: &["+52 1 ## #### ####"],
    tlds: &["com", "com", "net", "org", "mx", "com.mx"],
    free_mail: &["gmail.com", "hotmail.com", "yahoo.com", "prodigy.net.mx"],
    currency: ("MXN", "Peso mexicano", "$"),
    prices: EN_US.prices,
    banks: &["BBVA México", "Banorte", "Santander México", "Banamex", "HSBC México", "Scotiabank", "Inbursa", "Banco Azteca", "BanCoppel", "Afirme"],
    bank_country: EN_US.bank_country,
    bban: EN_US.bban,
    plates: &["???-###-?", "??-##-###", "###-???"],
    person_id: ids::plain,
    vat_id: ids::plain_vat,
    ..ES_ES
};

pub(super) const PT_PT: Tables = Tables {
    last: crates::PT_PT::NAME_LAST_NAME,
    cities: &[
        "Lisboa", "Porto", "Vila Nova de Gaia", "Amadora", "Braga", "Funchal", "Coimbra", "Setúbal", "Almada", "Aveiro", "Évora", "Faro", "Viseu",
        "Leiria", "Guimarães", "Barreiro", "Matosinhos", "Odivelas", "Queluz", "Póvoa de Varzim", "Ponta Delgada", "Beja", "Bragança",
        "Castelo Branco", "Guarda", "Portalegre", "Santarém", "Viana do Castelo", "Vila Real", "Sintra", "Cascais", "Loures", "Maia", "Tomar",
    ],
    city_formats: &["{city_name}"],
    states: &[
        ("Aveiro", "01"), ("Beja", "02"), ("Braga", "03"), ("Bragança", "04"), ("Castelo Branco", "05"), ("Coimbra", "06"), ("Évora", "07"),
        ("Faro", "08"), ("Guarda", "09"), ("Leiria", "10"), ("Lisboa", "11"), ("Portalegre", "12"), ("Porto", "13"), ("Santarém", "14"),
        ("Setúbal", "15"), ("Viana do Castelo", "16"), ("Vila Real", "17"), ("Viseu", "18"), ("Açores", "20"), ("Madeira", "30"),
    ],
    districts: &["Baixa", "Alfama", "Chiado", "Belém", "Alvalade", "Areeiro", "Benfica", "Ribeira", "Foz do Douro", "Campanhã"],
    addresses: &["{street_address}\n{postcode} {city}"],
    postcodes: &["%###-###"],
    country: "Portugal",
    country_code: "PT",
    company_suffixes: &["S.A.", "Lda.", "& Filhos", "Unipessoal Lda."],
    phones: &["(351) 91#######", "(351) 92#######", "(351) 93#######", "(351) 96#######", "(351) 2########", "91#######", "2########"],
    mobiles: &["(351) 91#######", "(351) 96#######"],
    tlds: &["com", "com", "net", "org", "pt", "pt"],
    free_mail: &["gmail.com", "hotmail.com", "sapo.pt", "clix.pt", "mail.pt"],
    currency: ("EUR", "Euro", "€"),
    prices: ES_ES.prices,
    banks: &["Caixa Geral de Depósitos", "Millennium bcp", "Novo Banco", "Santander Totta", "Banco BPI", "Banco Montepio", "ActivoBank", "Crédito Agrícola"],
    bank_country: "PT",
    bban: Bban::Mask("#####################"),
    plates: &["??-##-##", "##-??-##", "##-##-??", "??-##-??"],
    person_id: ids::portuguese,
    vat_id: |call| "PT".to_owned() + &ids::portuguese(call),
    ..PT_BR
};
