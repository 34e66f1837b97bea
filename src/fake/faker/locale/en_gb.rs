//! English, Great Britain.

#![cfg_attr(rustfmt, rustfmt::skip)]

use super::super::ids;
use super::super::table::{Bban, Tables};
use super::en_us::EN_US;

pub(in crate::fake::faker) const EN_GB: Tables = Tables {
    female: &[
        "Olivia", "Amelia", "Isla", "Ava", "Ivy", "Freya", "Lily", "Florence", "Mia", "Willow", "Rosie", "Sophia", "Isabella",
        "Grace", "Daisy", "Sienna", "Poppy", "Elsie", "Emily", "Ella", "Evelyn", "Phoebe", "Evie", "Charlotte", "Harper",
        "Millie", "Matilda", "Maya", "Sophie", "Alice", "Emilia", "Isabelle", "Ruby", "Luna", "Maisie", "Aria", "Penelope",
        "Mila", "Bonnie", "Eva", "Hallie", "Eliza", "Ada", "Violet", "Esme", "Arabella", "Imogen", "Jessica", "Delilah",
        "Chloe", "Margaret", "Susan", "Patricia", "Christine", "Jacqueline", "Sharon", "Tracey", "Karen", "Joanne", "Gemma",
        "Leanne", "Kirsty", "Bethany", "Abigail", "Lauren", "Hannah", "Naomi", "Aimee", "Sylvia", "Jenna", "Rachael", "Lynda",
    ],
    male: &[
        "Noah", "Oliver", "George", "Arthur", "Muhammad", "Leo", "Harry", "Oscar", "Archie", "Henry", "Theodore", "Freddie",
        "Jack", "Charlie", "Theo", "Alfie", "Jacob", "Thomas", "Finley", "Arlo", "William", "Lucas", "Roman", "Tommy", "Isaac",
        "Teddy", "Alexander", "Luca", "Edward", "James", "Joshua", "Albie", "Elijah", "Max", "Mohammed", "Reuben", "Mason",
        "Sebastian", "Rory", "Jude", "Louie", "Benjamin", "Ethan", "Adam", "Hugo", "Joseph", "Reggie", "Ronnie", "Harrison",
        "Louis", "Ezra", "David", "Paul", "Mark", "Andrew", "Stephen", "Ian", "Gary", "Kevin", "Stuart", "Graham", "Neil",
        "Craig", "Darren", "Gareth", "Callum", "Liam", "Ryan", "Nigel", "Geoffrey", "Trevor", "Clive",
    ],
    last: &[
        "Smith", "Jones", "Williams", "Taylor", "Brown", "Davies", "Evans", "Wilson", "Thomas", "Johnson", "Roberts",
        "Robinson", "Thompson", "Wright", "Walker", "White", "Edwards", "Hughes", "Green", "Hall", "Lewis", "Harris", "Clarke",
        "Patel", "Jackson", "Wood", "Turner", "Martin", "Cooper", "Hill", "Ward", "Morris", "Moore", "Clark", "Lee", "King",
        "Baker", "Harrison", "Morgan", "Allen", "James", "Scott", "Phillips", "Watson", "Davis", "Parker", "Price", "Bennett",
        "Young", "Griffiths", "Mitchell", "Kelly", "Cook", "Carter", "Richardson", "Bailey", "Collins", "Bell", "Shaw",
        "Murphy", "Miller", "Cox", "Richards", "Khan", "Marshall", "Anderson", "Simpson", "Ellis", "Adams", "Singh", "Begum",
        "Wilkinson", "Foster", "Chapman", "Powell", "Webb", "Rogers", "Gray", "Mason", "Ali", "Hunt", "Hussain", "Campbell",
        "Matthews", "Owen", "Palmer", "Holmes", "Mills", "Barnes", "Knight", "Lloyd", "Butler", "Russell", "Barker", "Fisher",
        "Stevens", "Jenkins", "Murray", "Dixon", "Harvey", "Graham", "Pearson", "Ahmed", "Fletcher", "Walsh", "Kaur", "Gibson",
        "Howard", "Andrews", "Stewart", "Elliott", "Reynolds", "Saunders", "Payne", "Fox", "Ford", "Pearce", "Day", "Brooks",
    ],
    prefix_female: &["Mrs", "Ms", "Miss", "Dr"],
    prefix_male: &["Mr", "Dr"],
    suffixes: &[],
    names: &[(95, "{first} {last}"), (5, "{prefix} {first} {last}")],
    cities: &[
        "London", "Birmingham", "Manchester", "Glasgow", "Liverpool", "Leeds", "Sheffield", "Edinburgh", "Bristol", "Cardiff",
        "Leicester", "Coventry", "Nottingham", "Newcastle upon Tyne", "Sunderland", "Brighton", "Hull", "Plymouth", "Derby",
        "Southampton", "Portsmouth", "Stoke-on-Trent", "Wolverhampton", "Swansea", "Belfast", "Aberdeen", "Dundee", "Oxford",
        "Cambridge", "York", "Norwich", "Exeter", "Gloucester", "Bath", "Reading", "Luton", "Bolton", "Bournemouth",
        "Middlesbrough", "Blackpool", "Northampton", "Ipswich", "Peterborough", "Warrington", "Slough", "Huddersfield",
        "Preston", "Telford", "Worcester", "Lincoln", "Chester", "Durham", "Lancaster", "Canterbury", "Inverness", "Perth",
        "Stirling", "Newport", "Wrexham", "Bangor", "Truro", "Carlisle", "Salisbury", "Winchester", "Hereford", "Wells",
    ],
    city_prefixes: &["North", "East", "West", "South", "New", "Lake", "Port"],
    city_suffixes: &[
        "town", "ton", "land", "ville", "berg", "burgh", "borough", "bury", "view", "port", "mouth", "stad", "furt", "chester",
        "fort", "haven", "side", "shire",
    ],
    states: &[
        ("Bedfordshire", "BDF"), ("Berkshire", "BRK"), ("Buckinghamshire", "BKM"), ("Cambridgeshire", "CAM"), ("Cheshire", "CHS"),
        ("Cornwall", "CON"), ("Cumbria", "CMA"), ("Derbyshire", "DBY"), ("Devon", "DEV"), ("Dorset", "DOR"), ("Durham", "DUR"),
        ("East Sussex", "ESX"), ("Essex", "ESS"), ("Gloucestershire", "GLS"), ("Greater Manchester", "GTM"), ("Hampshire", "HAM"),
        ("Hertfordshire", "HRT"), ("Kent", "KEN"), ("Lancashire", "LAN"), ("Leicestershire", "LEC"), ("Lincolnshire", "LIN"),
        ("Norfolk", "NFK"), ("North Yorkshire", "NYK"), ("Northamptonshire", "NTH"), ("Northumberland", "NBL"),
        ("Nottinghamshire", "NTT"), ("Oxfordshire", "OXF"), ("Shropshire", "SHR"), ("Somerset", "SOM"), ("Staffordshire", "STS"),
        ("Suffolk", "SFK"), ("Surrey", "SRY"), ("Warwickshire", "WAR"), ("West Sussex", "WSX"), ("Wiltshire", "WIL"),
        ("Worcestershire", "WOR"), ("Aberdeenshire", "ABD"), ("Fife", "FIF"), ("Highland", "HLD"), ("Moray", "MRY"),
        ("Gwynedd", "GWN"), ("Powys", "POW"), ("Pembrokeshire", "PEM"), ("Antrim", "ANT"), ("Down", "DOW"),
    ],
    streets: &[
        "High", "Station", "Main", "Church", "Park", "Victoria", "Green", "Manor", "Kings", "Queens", "New", "Grange", "North",
        "South", "London", "Mill", "Alexander", "School", "York", "Springfield", "George", "Windsor", "Albert", "Chapel",
        "Richmond", "The", "West", "East", "Broadway", "Highfield", "Stanley", "St. Johns", "Mount", "Oxford", "Market",
    ],
    street_suffixes: &[
        "Road", "Street", "Lane", "Close", "Avenue", "Drive", "Gardens", "Crescent", "Grove", "Court", "Place", "Way", "Terrace",
        "Square", "Hill", "Mews", "Walk", "Row", "View", "Green", "Park", "Rise", "Bridge", "Fields", "Mill", "Common",
    ],
    street_formats: &["{first} {street_suffix}", "{last} {street_suffix}", "{street} {street_suffix}"],
    numbers: &["%##", "%#", "%"],
    secondary: &["Flat %", "Flat %#", "Flat %#", "Studio %", "Studio %#"],
    street_addresses: &["{number} {street_name}", "{secondary}\n{street_name}"],
    addresses: &["{street_address}\n{city}\n{postcode}"],
    postcodes: &["?% %??", "?%# %??", "?%? %??", "??% %??", "??%# %??", "??%? %??"],
    country: "United Kingdom",
    country_code: "GB",
    company_suffixes: &["and Sons", "PLC", "Group", "Ltd", "LLC", "Inc"],
    phones: &[
        "+44(0)##########", "+44(0)#### ######", "+44(0)#########", "+44(0)#### #####", "0##########", "0#########",
        "0#### ######", "0#### #####", "(0####) ######", "(0####) #####",
    ],
    mobiles: &["07700 9#####", "07700 9## ###", "(07700)9#####", "+447700 9#####", "+44(0)7700 9#####"],
    tlds: &["com", "com", "com", "com", "com", "com", "biz", "info", "net", "org", "co.uk", "org.uk"],
    free_mail: &["gmail.com", "yahoo.com", "hotmail.com", "gmail.com", "yahoo.co.uk", "hotmail.co.uk", "outlook.com"],
    currency: ("GBP", "Pound sterling", "£"),
    prices: &["£%.##", "£%#.##", "£%##.##", "£%,###.##"],
    banks: &[
        "Barclays", "HSBC", "Lloyds Bank", "NatWest", "Santander UK", "Royal Bank of Scotland", "Halifax", "TSB Bank",
        "Nationwide", "Metro Bank", "Monzo Bank", "Starling Bank", "Clydesdale Bank", "Virgin Money", "Co-operative Bank",
        "Coutts", "Kroo Bank", "Atom Bank", "Zempler Bank", "Handelsbanken", "Triodos Bank",
    ],
    bank_country: "GB",
    bban: Bban::Mask("????##############"),
    plates: &["??## ???"],
    person_id: ids::nino,
    vat_id: ids::british_vat,
    ..EN_US
};
