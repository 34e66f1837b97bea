//! `file`, `path`, `food`, `science`, `transport` and `binaryfile`

use super::super::faker::{Datum, MIME_TYPES, Provider, Words};
use super::words::english;
use super::{Answer, Call, member_or_any};

pub(super) const FILE: &[Provider] = &[
    Provider::new("extension", &["file_type"], extension),
    Provider::new("file_name", &["file_type"], |call| {
        let extension = extension(call)?;
        Ok(format!("{}{}", english(call), extension.as_text().unwrap_or("")).into())
    }),
    Provider::new("mime_type", &["type_"], |call| {
        let kind = member_or_any(call, 0, "MimeType")?;
        let found = MIME_TYPES.iter().find(|(name, _)| *name == kind);
        call.one(found.map_or(&["text/plain"][..], |(_, types)| types))
    }),
    Provider::new("size", &["minimum", "maximum"], |call| {
        let (low, high) = super::bounds(call, 0, 1, 100)?;
        let number = call.between(low, high);
        Ok(format!("{number} {}", call.word(&["bytes", "kB", "MB", "GB", "TB"])).into())
    }),
];

fn extension(call: &mut Call<'_>) -> Answer {
    let kinds: Words = match member_or_any(call, 0, "FileType")? {
        "source" => &[
            ".c", ".cpp", ".cs", ".css", ".go", ".h", ".html", ".java", ".js", ".lua", ".php",
            ".pl", ".py", ".rb", ".rs", ".ts",
        ],
        "text" => &[
            ".doc", ".docx", ".log", ".md", ".odt", ".pdf", ".rst", ".rtf", ".tex", ".txt",
        ],
        "data" => &[
            ".csv", ".dat", ".db", ".json", ".pps", ".ppt", ".sql", ".xls", ".xlsx", ".xml",
        ],
        "audio" => &[".flac", ".m4a", ".mid", ".mp3", ".ogg", ".wav", ".wma"],
        "video" => &[
            ".3gp", ".avi", ".flv", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".wmv",
        ],
        "image" => &[
            ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".psd", ".svg", ".tif", ".tiff",
        ],
        "executable" => &[
            ".apk", ".app", ".bat", ".com", ".exe", ".jar", ".msi", ".sh",
        ],
        _ => &[
            ".7z", ".deb", ".gz", ".pkg", ".rar", ".rpm", ".tar.gz", ".zip",
        ],
    };
    call.one(kinds)
}

pub(super) const PATH: &[Provider] = &[
    Provider::new("root", &[], |_| Ok("/".into())),
    Provider::new("home", &[], |_| Ok("/home".into())),
    Provider::new("user", &[], |call| Ok(user(call).into())),
    Provider::new("users_folder", &[], |call| {
        let user = user(call);
        Ok(format!(
            "{user}/{}",
            call.word(&[
                "Desktop",
                "Documents",
                "Downloads",
                "Music",
                "Pictures",
                "Public",
                "Videos"
            ])
        )
        .into())
    }),
    Provider::new("dev_dir", &[], |call| Ok(dev(call).into())),
    Provider::new("project_dir", &[], |call| {
        let dev = dev(call);
        Ok(format!("{dev}/{}", english(call)).into())
    }),
];

fn user(call: &mut Call<'_>) -> String {
    format!("/home/{}", english(call))
}

fn dev(call: &mut Call<'_>) -> String {
    let user = user(call);
    let folder = call.word(&["Development", "Dev"]);
    format!(
        "{user}/{folder}/{}",
        call.word(&[
            "C",
            "C++",
            "Delphi",
            "Go",
            "Java",
            "JavaScript",
            "Python",
            "R",
            "Ruby",
            "Rust",
            "Swift"
        ])
    )
}

pub(super) const FOOD: &[Provider] = &[
    Provider::new("dish", &[], |call| {
        call.one(&[
            "Baked potato",
            "Beef Wellington",
            "Caesar salad",
            "Chicken curry",
            "Chicken Liver Pate",
            "Chili con carne",
            "Clam chowder",
            "Fish and chips",
            "French onion soup",
            "Goulash",
            "Greek salad",
            "Hamburger",
            "Lasagne",
            "Macaroni and cheese",
            "Meatloaf",
            "Moussaka",
            "Mushroom risotto",
            "Omelette",
            "Paella",
            "Pancakes",
            "Pizza Margherita",
            "Pot roast",
            "Quiche Lorraine",
            "Ramen",
            "Ratatouille",
            "Roast duck",
            "Shepherd's pie",
            "Spaghetti Bolognese",
            "Sushi",
            "Tacos",
            "Tiramisu",
            "Tom yum",
        ])
    }),
    Provider::new("drink", &[], |call| {
        call.one(&[
            "Apple juice",
            "Beer",
            "Black tea",
            "Bourbon",
            "Cappuccino",
            "Champagne",
            "Cider",
            "Cocoa",
            "Cola",
            "Cosmopolitan",
            "Daiquiri",
            "Espresso",
            "Gin",
            "Ginger ale",
            "Green tea",
            "Latte",
            "Lemonade",
            "Manhattan",
            "Margarita",
            "Martini",
            "Milk",
            "Mineral water",
            "Mojito",
            "Orange juice",
            "Port",
            "Red wine",
            "Rum",
            "Sake",
            "Sherry",
            "Vinsanto",
            "Vodka",
            "Whisky",
            "White wine",
        ])
    }),
    Provider::new("fruit", &[], |call| {
        call.one(&[
            "Apple",
            "Apricot",
            "Avocado",
            "Banana",
            "Bilberry",
            "Blackberry",
            "Blueberry",
            "Cherry",
            "Coconut",
            "Cranberry",
            "Date",
            "Dragonfruit",
            "Fig",
            "Grape",
            "Grapefruit",
            "Guava",
            "Kiwi",
            "Lemon",
            "Lime",
            "Lychee",
            "Mango",
            "Melon",
            "Nectarine",
            "Orange",
            "Papaya",
            "Passionfruit",
            "Peach",
            "Pear",
            "Pineapple",
            "Plum",
            "Pomegranate",
            "Quince",
            "Raspberry",
            "Strawberry",
            "Watermelon",
        ])
    }),
    Provider::new("vegetable", &[], |call| {
        call.one(&[
            "Artichoke",
            "Asparagus",
            "Aubergine",
            "Beetroot",
            "Bok Choi",
            "Broccoli",
            "Brussels sprout",
            "Cabbage",
            "Carrot",
            "Cauliflower",
            "Celery",
            "Chard",
            "Courgette",
            "Cucumber",
            "Fennel",
            "Garlic",
            "Kale",
            "Leek",
            "Lettuce",
            "Onion",
            "Parsnip",
            "Pea",
            "Pepper",
            "Potato",
            "Pumpkin",
            "Radish",
            "Rhubarb",
            "Spinach",
            "Sweet potato",
            "Tomato",
            "Turnip",
        ])
    }),
    Provider::new("spices", &[], |call| {
        call.one(&[
            "Allspice",
            "Anise",
            "Basil",
            "Bay leaf",
            "Black pepper",
            "Caraway",
            "Cardamom",
            "Cayenne",
            "Chives",
            "Cinnamon",
            "Clove",
            "Coriander",
            "Cumin",
            "Dill",
            "Fennel",
            "Garlic",
            "Ginger",
            "Marjoram",
            "Mint",
            "Mustard",
            "Nutmeg",
            "Oregano",
            "Paprika",
            "Parsley",
            "Rosemary",
            "Saffron",
            "Sage",
            "Star anise",
            "Tarragon",
            "Thyme",
            "Turmeric",
            "Vanilla",
        ])
    }),
    Provider::new("get_current_locale", &[], super::place::current_locale),
];

pub(super) const SCIENCE: &[Provider] = &[
    Provider::new("dna_sequence", &["length"], |call| {
        let length = call.count(0, 10)?;
        Ok(call.characters(b"TCGA", length)?.into())
    }),
    Provider::new("rna_sequence", &["length"], |call| {
        let length = call.count(0, 10)?;
        Ok(call.characters(b"UCGA", length)?.into())
    }),
];

pub(super) const TRANSPORT: &[Provider] = &[
    Provider::new("manufacturer", &[], |call| {
        call.one(&[
            "Alfa Romeo",
            "Aston Martin",
            "Audi",
            "Bentley",
            "BMW",
            "Cadillac",
            "Chevrolet",
            "Chrysler",
            "Citroën",
            "Dacia",
            "Ferrari",
            "Fiat",
            "Ford",
            "Honda",
            "Hyundai",
            "Jaguar",
            "Kia",
            "Lada",
            "Lexus",
            "Mazda",
            "Mercedes-Benz",
            "Mini",
            "Mitsubishi",
            "Nissan",
            "Opel",
            "Peugeot",
            "Porsche",
            "Renault",
            "Seat",
            "Škoda",
            "Subaru",
            "Suzuki",
            "Tesla",
            "Toyota",
            "Volkswagen",
            "Volvo",
        ])
    }),
    Provider::new("car", &[], |call| {
        call.one(&[
            "Audi A4",
            "Audi Q5",
            "BMW 320i",
            "BMW X5",
            "Chevrolet Camaro",
            "Chrysler PT Cruiser",
            "Citroën C3",
            "Fiat 500",
            "Ford Fiesta",
            "Ford Focus",
            "Ford Mustang",
            "Honda Accord",
            "Honda Civic",
            "Hyundai Tucson",
            "Jaguar XF",
            "Kia Sportage",
            "Lexus RX",
            "Mazda 3",
            "Mercedes-Benz C-Class",
            "Mini Cooper",
            "Nissan Patrol GR",
            "Nissan Qashqai",
            "Opel Corsa",
            "Peugeot 208",
            "Porsche 911",
            "Renault Clio",
            "Škoda Octavia",
            "Subaru Forester",
            "Suzuki Swift",
            "Tesla Model 3",
            "Toyota Corolla",
            "Toyota RAV4",
            "Volkswagen Golf",
            "Volvo XC60",
        ])
    }),
    Provider::new("airplane", &[], |call| {
        call.one(&[
            "Airbus A220",
            "Airbus A319",
            "Airbus A320",
            "Airbus A330-300",
            "Airbus A340",
            "Airbus A350",
            "Airbus A380",
            "ATR 72",
            "Boeing 717",
            "Boeing 737-800",
            "Boeing 747",
            "Boeing 757",
            "Boeing 767",
            "Boeing 777",
            "Boeing 787",
            "Bombardier CRJ900",
            "Embraer E190",
            "Cessna 172",
            "Il-96",
            "Tu-154",
        ])
    }),
    Provider::new("vehicle_registration_code", &["locale"], |call| {
        call.one(&[
            "A", "AUS", "B", "BG", "BR", "CAM", "CDN", "CH", "CZ", "D", "DK", "E", "EST", "F",
            "FIN", "GB", "GR", "H", "HR", "I", "IND", "IRL", "IS", "J", "L", "LT", "LV", "MEX",
            "N", "NL", "P", "PL", "RO", "RUS", "S", "SK", "SLO", "TR", "UA", "USA",
        ])
    }),
];

/// Small valid beginnings of files, and random bytes: enough for what looks at signatures.
pub(super) const BINARY: &[Provider] = &[
    Provider::new("audio", &["file_type"], |call| {
        let head: &[u8] = if member_or_any(call, 0, "AudioFile")? == "mp3" {
            b"ID3\x04\x00\x00"
        } else {
            b"\xff\xf1\x50\x80"
        };
        Ok(binary(call, head))
    }),
    Provider::new("video", &["file_type"], |call| {
        let head: &[u8] = if member_or_any(call, 0, "VideoFile")? == "mp4" {
            b"\0\0\0 ftypisom\0\0\x02\0"
        } else {
            b"\0\0\0\x14ftypqt  "
        };
        Ok(binary(call, head))
    }),
    Provider::new("image", &["file_type"], |call| {
        let head: &[u8] = match member_or_any(call, 0, "ImageFile")? {
            "png" => b"\x89PNG\r\n\x1a\n",
            "gif" => b"GIF89a",
            _ => b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        };
        Ok(binary(call, head))
    }),
    Provider::new("document", &["file_type"], |call| {
        let head: &[u8] = if member_or_any(call, 0, "DocumentFile")? == "pdf" {
            b"%PDF-1.4\n"
        } else {
            b"PK\x03\x04\x14\0\x06\0"
        };
        Ok(binary(call, head))
    }),
    Provider::new("compressed", &["file_type"], |call| {
        let head: &[u8] = if member_or_any(call, 0, "CompressedFile")? == "zip" {
            b"PK\x03\x04\x14\0\0\0"
        } else {
            b"\x1f\x8b\x08\0"
        };
        Ok(binary(call, head))
    }),
];

fn binary(call: &mut Call<'_>, head: &[u8]) -> Datum {
    let mut rest = [0; 256];
    call.random.bits(&mut rest);
    Datum::Bytes([head, &rest].concat())
}
