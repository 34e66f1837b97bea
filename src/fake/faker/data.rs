//! Tables of our own: common names, large cities, street names.
//!
//! Common knowledge, collected by hand; lists are short on purpose.

#![cfg_attr(rustfmt, rustfmt::skip)]

pub(super) const EN_FIRST: &[&str] = &[
    "Mary", "Patricia", "Jennifer", "Linda", "Elizabeth", "Barbara", "Susan", "Jessica", "Sarah", "Karen", "Lisa",
    "Nancy", "Betty", "Sandra", "Margaret", "Ashley", "Kimberly", "Emily", "Donna", "Michelle", "Carol", "Amanda",
    "Melissa", "Deborah", "Stephanie", "Rebecca", "Laura", "Sharon", "Cynthia", "Dorothy", "Amy", "Kathleen",
    "Angela", "Shirley", "Emma", "Brenda", "Pamela", "Nicole", "Anna", "Samantha", "Katherine", "Christine", "Debra",
    "Rachel", "Carolyn", "Janet", "Maria", "Olivia", "Heather", "Helen", "Catherine", "Diane", "Julie", "Victoria",
    "Joyce", "Lauren", "Kelly", "Christina", "Ruth", "Joan", "Virginia", "Judith", "Evelyn", "Hannah", "Andrea",
    "Megan", "Cheryl", "Jacqueline", "Madison", "Teresa", "Abigail", "Sophia", "Martha", "Sara", "Gloria", "Janice",
    "Kathryn", "Ann", "Isabella", "Judy", "Charlotte", "Julia", "Grace", "Amber", "Alice", "Jean", "Denise",
    "Frances", "Danielle", "Marilyn", "Natalie", "Beverly", "Diana", "Brittany", "Theresa", "Kayla", "Alexis",
    "Doris", "Lori", "Tiffany", "James", "Robert", "John", "Michael", "David", "William", "Richard", "Joseph",
    "Thomas", "Christopher", "Charles", "Daniel", "Matthew", "Anthony", "Mark", "Donald", "Steven", "Andrew", "Paul",
    "Joshua", "Kenneth", "Kevin", "Brian", "George", "Timothy", "Ronald", "Jason", "Edward", "Jeffrey", "Ryan",
    "Jacob", "Nicholas", "Gary", "Eric", "Jonathan", "Stephen", "Larry", "Justin", "Scott", "Brandon", "Benjamin",
    "Samuel", "Gregory", "Alexander", "Patrick", "Frank", "Raymond", "Jack", "Dennis", "Jerry", "Tyler", "Aaron",
    "Jose", "Adam", "Nathan", "Henry", "Zachary", "Douglas", "Peter", "Kyle", "Noah", "Ethan", "Jeremy", "Christian",
    "Walter", "Keith", "Austin", "Roger", "Terry", "Sean", "Gerald", "Carl", "Dylan", "Harold", "Jordan", "Jesse",
    "Bryan", "Lawrence", "Arthur", "Gabriel", "Bruce", "Logan", "Billy", "Joe", "Alan", "Juan", "Elijah", "Willie",
    "Albert", "Wayne", "Randy", "Mason", "Vincent", "Liam", "Roy", "Bobby", "Caleb", "Bradley", "Russell", "Lucas",
];
pub(super) const EN_FEMALE: &[&str] = &[
    "Mary", "Patricia", "Jennifer", "Linda", "Elizabeth", "Barbara", "Susan", "Jessica", "Sarah", "Karen", "Lisa",
    "Nancy", "Betty", "Sandra", "Margaret", "Ashley", "Kimberly", "Emily", "Donna", "Michelle", "Carol", "Amanda",
    "Melissa", "Deborah", "Stephanie", "Rebecca", "Laura", "Sharon", "Cynthia", "Dorothy", "Amy", "Kathleen",
    "Angela", "Shirley", "Emma", "Brenda", "Pamela", "Nicole", "Anna", "Samantha", "Katherine", "Christine", "Debra",
    "Rachel", "Carolyn", "Janet", "Maria", "Olivia", "Heather", "Helen", "Catherine", "Diane", "Julie", "Victoria",
    "Joyce", "Lauren", "Kelly", "Christina", "Ruth", "Joan", "Virginia", "Judith", "Evelyn", "Hannah", "Andrea",
    "Megan", "Cheryl", "Jacqueline", "Madison", "Teresa", "Abigail", "Sophia", "Martha", "Sara", "Gloria", "Janice",
    "Kathryn", "Ann", "Isabella", "Judy", "Charlotte", "Julia", "Grace", "Amber", "Alice", "Jean", "Denise",
    "Frances", "Danielle", "Marilyn", "Natalie", "Beverly", "Diana", "Brittany", "Theresa", "Kayla", "Alexis",
    "Doris", "Lori", "Tiffany",
];
pub(super) const EN_MALE: &[&str] = &[
    "James", "Robert", "John", "Michael", "David", "William", "Richard", "Joseph", "Thomas", "Christopher", "Charles",
    "Daniel", "Matthew", "Anthony", "Mark", "Donald", "Steven", "Andrew", "Paul", "Joshua", "Kenneth", "Kevin",
    "Brian", "George", "Timothy", "Ronald", "Jason", "Edward", "Jeffrey", "Ryan", "Jacob", "Nicholas", "Gary", "Eric",
    "Jonathan", "Stephen", "Larry", "Justin", "Scott", "Brandon", "Benjamin", "Samuel", "Gregory", "Alexander",
    "Patrick", "Frank", "Raymond", "Jack", "Dennis", "Jerry", "Tyler", "Aaron", "Jose", "Adam", "Nathan", "Henry",
    "Zachary", "Douglas", "Peter", "Kyle", "Noah", "Ethan", "Jeremy", "Christian", "Walter", "Keith", "Austin",
    "Roger", "Terry", "Sean", "Gerald", "Carl", "Dylan", "Harold", "Jordan", "Jesse", "Bryan", "Lawrence", "Arthur",
    "Gabriel", "Bruce", "Logan", "Billy", "Joe", "Alan", "Juan", "Elijah", "Willie", "Albert", "Wayne", "Randy",
    "Mason", "Vincent", "Liam", "Roy", "Bobby", "Caleb", "Bradley", "Russell", "Lucas",
];
pub(super) const EN_LAST: &[&str] = &[
    "Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez", "Martinez",
    "Hernandez", "Lopez", "Gonzalez", "Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson", "Martin", "Lee",
    "Perez", "Thompson", "White", "Harris", "Sanchez", "Clark", "Ramirez", "Lewis", "Robinson", "Walker", "Young",
    "Allen", "King", "Wright", "Scott", "Torres", "Nguyen", "Hill", "Flores", "Green", "Adams", "Nelson", "Baker",
    "Hall", "Rivera", "Campbell", "Mitchell", "Carter", "Roberts", "Gomez", "Phillips", "Evans", "Turner", "Diaz",
    "Parker", "Cruz", "Edwards", "Collins", "Reyes", "Stewart", "Morris", "Morales", "Murphy", "Cook", "Rogers",
    "Gutierrez", "Ortiz", "Morgan", "Cooper", "Peterson", "Bailey", "Reed", "Kelly", "Howard", "Ramos", "Kim", "Cox",
    "Ward", "Richardson", "Watson", "Brooks", "Chavez", "Wood", "James", "Bennett", "Gray", "Mendoza", "Ruiz",
    "Hughes", "Price", "Alvarez", "Castillo", "Sanders", "Patel", "Myers", "Long", "Ross", "Foster", "Jimenez",
    "Powell", "Jenkins", "Perry", "Russell", "Sullivan", "Bell", "Coleman", "Butler", "Henderson", "Barnes",
    "Gonzales", "Fisher", "Vasquez", "Simmons", "Romero", "Jordan", "Patterson", "Alexander", "Hamilton", "Graham",
    "Reynolds", "Griffin", "Wallace", "Moreno", "West", "Cole", "Hayes", "Bryant", "Herrera", "Gibson", "Ellis",
    "Tran", "Medina", "Aguilar", "Stevens", "Murray", "Ford", "Castro", "Marshall", "Owens", "Harrison", "Fernandez",
    "McDonald", "Woods", "Washington", "Kennedy", "Wells", "Vargas", "Henry", "Chen", "Freeman", "Webb", "Tucker",
    "Guzman", "Burns", "Crawford", "Olson", "Simpson", "Porter", "Hunter", "Gordon", "Mendez", "Silva", "Shaw",
    "Snyder", "Mason", "Dixon", "Munoz", "Hunt", "Hicks", "Holmes", "Palmer", "Wagner", "Black", "Robertson", "Boyd",
    "Rose", "Stone", "Salazar", "Fox", "Warren", "Mills", "Meyer", "Rice", "Schmidt", "Garza", "Daniels", "Ferguson",
    "Nichols", "Stephens", "Soto", "Weaver", "Ryan", "Gardner", "Payne", "Grant", "Dunn", "Kelley", "Spencer",
    "Hawkins",
];
pub(super) const EN_STREETS: &[&str] = &[
    "Main", "Oak", "Pine", "Maple", "Cedar", "Elm", "Washington", "Lake", "Hill", "Walnut", "Park", "Sunset",
    "Lincoln", "Church", "Spring", "Ridge", "Franklin", "Highland", "Jefferson", "Madison", "Jackson", "Mill",
    "River", "Willow", "Adams", "Meadow", "Forest", "Chestnut", "Cherry", "Center",
];
pub(super) const RU_MALE: &[&str] = &[
    "Александр", "Сергей", "Дмитрий", "Андрей", "Алексей", "Максим", "Евгений", "Иван", "Михаил", "Николай",
    "Владимир", "Артём", "Илья", "Павел", "Роман", "Константин", "Виктор", "Олег", "Кирилл", "Антон", "Денис",
    "Игорь", "Юрий", "Никита", "Егор", "Виталий", "Василий", "Пётр", "Григорий", "Борис",
];
pub(super) const RU_FEMALE: &[&str] = &[
    "Анна", "Елена", "Мария", "Ольга", "Наталья", "Екатерина", "Татьяна", "Ирина", "Светлана", "Юлия", "Анастасия",
    "Дарья", "Марина", "Людмила", "Ксения", "Виктория", "Полина", "Алина", "Софья", "Вера", "Надежда", "Галина",
    "Оксана", "Валентина", "Евгения", "Любовь", "Лариса", "Алёна", "Кристина", "Маргарита",
];
pub(super) const RU_LAST: &[&str] = &[
    "Иванов", "Смирнов", "Кузнецов", "Попов", "Васильев", "Петров", "Соколов", "Михайлов", "Новиков", "Фёдоров",
    "Морозов", "Волков", "Алексеев", "Лебедев", "Семёнов", "Егоров", "Павлов", "Козлов", "Степанов", "Николаев",
    "Орлов", "Андреев", "Макаров", "Никитин", "Захаров", "Зайцев", "Соловьёв", "Борисов", "Яковлев", "Григорьев",
];
pub(super) const RU_CITIES: &[&str] = &[
    "Москва", "Санкт-Петербург", "Новосибирск", "Екатеринбург", "Казань", "Нижний Новгород", "Челябинск", "Самара",
    "Омск", "Ростов-на-Дону", "Уфа", "Красноярск", "Воронеж", "Пермь", "Волгоград", "Краснодар", "Саратов", "Тюмень",
    "Тольятти", "Ижевск", "Барнаул", "Иркутск", "Хабаровск", "Ярославль", "Владивосток", "Томск",
];
pub(super) const RU_STREETS: &[&str] = &[
    "ул. Ленина", "ул. Советская", "ул. Мира", "ул. Гагарина", "ул. Пушкина", "пр. Победы", "ул. Садовая",
    "ул. Школьная", "ул. Лесная", "ул. Центральная",
];
pub(super) const ES_MALE: &[&str] = &[
    "Antonio", "José", "Manuel", "Francisco", "David", "Juan", "Javier", "Daniel", "Carlos", "Jesús", "Alejandro",
    "Miguel", "Rafael", "Pedro", "Pablo", "Ángel", "Sergio", "Fernando", "Jorge", "Luis", "Alberto", "Álvaro",
    "Adrián", "Diego", "Raúl", "Iván", "Rubén", "Enrique", "Óscar", "Víctor",
];
pub(super) const ES_FEMALE: &[&str] = &[
    "María", "Carmen", "Ana", "Isabel", "Dolores", "Pilar", "Josefa", "Teresa", "Rosa", "Cristina", "Ángeles",
    "Laura", "Antonia", "Elena", "Marta", "Lucía", "Mercedes", "Paula", "Sara", "Raquel", "Beatriz", "Rocío",
    "Patricia", "Sofía", "Silvia", "Julia", "Irene", "Alba", "Nuria", "Andrea",
];
pub(super) const ES_LAST: &[&str] = &[
    "García", "Rodríguez", "González", "Fernández", "López", "Martínez", "Sánchez", "Pérez", "Gómez", "Martín",
    "Jiménez", "Hernández", "Ruiz", "Díaz", "Moreno", "Muñoz", "Álvarez", "Romero", "Gutiérrez", "Alonso", "Torres",
    "Navarro", "Domínguez", "Ramos", "Vázquez", "Ramírez", "Gil", "Serrano", "Molina", "Blanco",
];
pub(super) const ES_CITIES: &[&str] = &[
    "Madrid", "Barcelona", "Valencia", "Sevilla", "Zaragoza", "Málaga", "Murcia", "Palma", "Bilbao", "Alicante",
    "Córdoba", "Valladolid", "Vigo", "Gijón", "Granada", "Oviedo", "Salamanca", "Burgos", "Santander", "Toledo",
];
pub(super) const ES_STREETS: &[&str] = &[
    "Calle Mayor", "Calle Real", "Avenida de la Constitución", "Plaza de España", "Calle de Alcalá",
    "Paseo del Prado", "Calle Nueva", "Avenida de Andalucía", "Calle San José", "Rambla de Cataluña",
];
pub(super) const PL_MALE: &[&str] = &[
    "Piotr", "Krzysztof", "Andrzej", "Tomasz", "Paweł", "Jan", "Michał", "Marcin", "Jakub", "Adam", "Marek", "Łukasz",
    "Grzegorz", "Mateusz", "Wojciech", "Mariusz", "Dariusz", "Zbigniew", "Jerzy", "Maciej",
];
pub(super) const PL_FEMALE: &[&str] = &[
    "Anna", "Katarzyna", "Maria", "Małgorzata", "Agnieszka", "Barbara", "Ewa", "Magdalena", "Elżbieta", "Krystyna",
    "Joanna", "Aleksandra", "Monika", "Zofia", "Teresa", "Natalia", "Julia", "Karolina", "Marta", "Beata",
];
pub(super) const PL_LAST: &[&str] = &[
    "Nowak", "Wójcik", "Kowalczyk", "Woźniak", "Mazur", "Krawczyk", "Kaczmarek", "Zając", "Król", "Wieczorek",
    "Wróbel", "Stępień", "Pawlak", "Dudek", "Adamczyk", "Nowicki", "Sikora", "Walczak", "Baran", "Michalak",
];
pub(super) const PL_CITIES: &[&str] = &[
    "Warszawa", "Kraków", "Wrocław", "Łódź", "Poznań", "Gdańsk", "Szczecin", "Bydgoszcz", "Lublin", "Białystok",
    "Katowice", "Gdynia", "Częstochowa", "Radom", "Toruń", "Rzeszów",
];
pub(super) const DE_CITIES: &[&str] = &[
    "Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Stuttgart", "Düsseldorf", "Leipzig", "Dortmund",
    "Essen", "Bremen", "Dresden", "Hannover", "Nürnberg", "Duisburg", "Bochum", "Wuppertal", "Bielefeld", "Bonn",
    "Münster", "Mannheim", "Karlsruhe", "Augsburg", "Wiesbaden", "Kiel", "Freiburg im Breisgau", "Lübeck", "Erfurt",
    "Rostock", "Kassel",
];
pub(super) const DE_STREETS: &[&str] = &[
    "Hauptstraße", "Schulstraße", "Bahnhofstraße", "Gartenstraße", "Dorfstraße", "Bergstraße", "Birkenweg",
    "Lindenstraße", "Kirchstraße", "Waldstraße", "Ringstraße", "Schillerstraße", "Goethestraße", "Amselweg",
    "Wiesenweg",
];
pub(super) const FR_CITIES: &[&str] = &[
    "Paris", "Marseille", "Lyon", "Toulouse", "Nice", "Nantes", "Montpellier", "Strasbourg", "Bordeaux", "Lille",
    "Rennes", "Reims", "Toulon", "Saint-Étienne", "Le Havre", "Grenoble", "Dijon", "Angers", "Nîmes",
    "Clermont-Ferrand", "Brest", "Tours", "Amiens", "Limoges", "Metz",
];
pub(super) const FR_STREETS: &[&str] = &[
    "rue de la Paix", "rue Victor Hugo", "avenue de la République", "rue de l'Église", "place de la Mairie",
    "rue du Moulin", "boulevard Voltaire", "rue des Écoles", "chemin des Vignes", "rue Pasteur",
];
pub(super) const IT_CITIES: &[&str] = &[
    "Roma", "Milano", "Napoli", "Torino", "Palermo", "Genova", "Bologna", "Firenze", "Bari", "Catania", "Venezia",
    "Verona", "Messina", "Padova", "Trieste", "Brescia", "Parma", "Modena", "Livorno", "Cagliari",
];
pub(super) const NL_CITIES: &[&str] = &[
    "Amsterdam", "Rotterdam", "Den Haag", "Utrecht", "Eindhoven", "Groningen", "Tilburg", "Almere", "Breda",
    "Nijmegen", "Enschede", "Haarlem", "Arnhem", "Zaanstad", "Leiden", "Delft",
];
pub(super) const PT_CITIES: &[&str] = &[
    "Lisboa", "Porto", "Vila Nova de Gaia", "Amadora", "Braga", "Funchal", "Coimbra", "Setúbal", "Almada", "Aveiro",
    "Évora", "Faro", "Viseu", "Leiria",
];
pub(super) const BR_CITIES: &[&str] = &[
    "São Paulo", "Rio de Janeiro", "Brasília", "Salvador", "Fortaleza", "Belo Horizonte", "Manaus", "Curitiba",
    "Recife", "Goiânia", "Belém", "Porto Alegre", "Campinas", "Natal", "Florianópolis",
];
pub(super) const TR_CITIES: &[&str] = &[
    "İstanbul", "Ankara", "İzmir", "Bursa", "Antalya", "Adana", "Konya", "Gaziantep", "Mersin", "Diyarbakır",
    "Kayseri", "Eskişehir", "Samsun", "Trabzon",
];
pub(super) const FA_CITIES: &[&str] = &[
    "تهران", "مشهد", "اصفهان", "کرج", "شیراز", "تبریز", "قم", "اهواز", "کرمانشاه", "رشت",
];
pub(super) const AR_CITIES: &[&str] = &[
    "الرياض", "جدة", "مكة", "المدينة المنورة", "الدمام", "الطائف", "تبوك", "بريدة", "خميس مشيط", "حائل",
];
pub(super) const JA_CITIES: &[&str] = &[
    "東京都千代田区", "東京都新宿区", "横浜市中区", "大阪市北区", "名古屋市中区", "札幌市中央区", "福岡市博多区", "神戸市中央区", "京都市左京区", "仙台市青葉区", "広島市中区",
    "さいたま市大宮区", "千葉市中央区", "新潟市中央区",
];
pub(super) const ZH_CITIES: &[&str] = &[
    "北京", "上海", "广州", "深圳", "成都", "杭州", "武汉", "西安", "南京", "重庆", "天津", "苏州", "郑州", "长沙", "沈阳", "青岛", "宁波", "昆明", "大连",
    "厦门",
];
pub(super) const TW_CITIES: &[&str] = &[
    "臺北市", "新北市", "桃園市", "臺中市", "臺南市", "高雄市", "基隆市", "新竹市", "嘉義市", "花蓮縣",
];
pub(super) const GB_CITIES: &[&str] = &[
    "London", "Birmingham", "Manchester", "Glasgow", "Liverpool", "Leeds", "Sheffield", "Edinburgh", "Bristol",
    "Cardiff", "Leicester", "Coventry", "Nottingham", "Newcastle upon Tyne", "Sunderland", "Brighton", "Hull",
    "Plymouth", "Derby", "Southampton",
];
pub(super) const RU_LAST_FEMALE: &[&str] = &[
    "Иванова", "Смирнова", "Кузнецова", "Попова", "Васильева", "Петрова", "Соколова", "Михайлова", "Новикова",
    "Фёдорова", "Морозова", "Волкова", "Алексеева", "Лебедева", "Семёнова", "Егорова", "Павлова", "Козлова",
    "Степанова", "Николаева", "Орлова", "Андреева", "Макарова", "Никитина", "Захарова", "Зайцева", "Соловьёва",
    "Борисова", "Яковлева", "Григорьева",
];
