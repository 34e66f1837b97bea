//! Which locales exist and whose data each uses.

use fake::locales as crates;
use fake::locales::Data as _;

use super::data;

/// A locale and its data.
#[derive(Debug)]
pub struct Locale {
    /// Its code, such as `en_US`.
    pub code: &'static str,
    pub(super) data: &'static Tables,
}

/// Data of a language or country. Empty tables fall back to English.
#[derive(Debug)]
pub(super) struct Tables {
    pub female: &'static [&'static str],
    pub male: &'static [&'static str],
    pub last: &'static [&'static str],
    /// Surnames of women where they differ; empty where they do not.
    pub last_female: &'static [&'static str],
    pub cities: &'static [&'static str],
    pub states: &'static [&'static str],
    pub streets: &'static [&'static str],
    pub company_suffixes: &'static [&'static str],
    pub phones: &'static [&'static str],
    pub postcodes: &'static [&'static str],
    pub country: &'static str,
    pub country_code: &'static str,
    /// Family name first, without a space.
    pub family_first: Option<&'static str>,
}

/// What a locale of its own language has at least: the English tables elsewhere.
const BASE: Tables = Tables {
    female: data::EN_FEMALE,
    male: data::EN_MALE,
    last: data::EN_LAST,
    last_female: &[],
    cities: &[],
    states: crates::EN::ADDRESS_STATE,
    streets: data::EN_STREETS,
    company_suffixes: &["Inc", "and Sons", "LLC", "Group", "PLC", "Ltd"],
    phones: &[
        "%##-###-####",
        "(%##)###-####",
        "+1-%##-###-####",
        "001-%##-###-####",
        "%##.###.####",
    ],
    postcodes: &["#####"],
    country: "United States",
    country_code: "US",
    family_first: None,
};

static ENGLISH: Tables = BASE;

macro_rules! tables {
    ($name:ident, $data:ident, $country:literal, $code:literal $(, $field:ident: $value:expr)* $(,)?) => {
        static $name: Tables = Tables {
            female: crates::$data::NAME_FIRST_NAME,
            male: crates::$data::NAME_FIRST_NAME,
            last: crates::$data::NAME_LAST_NAME,
            country: $country,
            country_code: $code,
            $($field: $value,)*
            ..BASE
        };
    };
}

tables!(GERMAN, DE_DE, "Deutschland", "DE",
    cities: data::DE_CITIES, states: crates::DE_DE::ADDRESS_STATE, streets: data::DE_STREETS,
    company_suffixes: crates::DE_DE::COMPANY_SUFFIX, phones: &["+49 (0) %### ######", "0%## #######", "(0%###) ######"]);
tables!(FRENCH, FR_FR, "France", "FR",
    cities: data::FR_CITIES, streets: data::FR_STREETS, company_suffixes: &["SA", "SARL", "S.A.S."],
    phones: &["+33 % ## ## ## ##", "0% ## ## ## ##"]);
tables!(ITALIAN, IT_IT, "Italia", "IT",
    cities: data::IT_CITIES, company_suffixes: &["SPA", "s.r.l.", "e figli"], phones: &["+39 3## ### ####", "+39 0## #######"]);
tables!(DUTCH, NL_NL, "Nederland", "NL",
    cities: data::NL_CITIES, states: crates::NL_NL::ADDRESS_STATE, phones: &["+31(0)## ### ####", "0## #######"]);
tables!(PORTUGUESE, PT_PT, "Portugal", "PT",
    cities: data::PT_CITIES, phones: &["(351) 9########", "(351) 2########"], postcodes: &["%###-###"]);
tables!(BRAZILIAN, PT_BR, "Brasil", "BR",
    cities: data::BR_CITIES, states: crates::PT_BR::ADDRESS_STATE, phones: &["+55 (##) ####-####"], postcodes: &["#####-###"]);
tables!(TURKISH, TR_TR, "Türkiye", "TR",
    cities: data::TR_CITIES, states: crates::TR_TR::ADDRESS_STATE, phones: &["+90(5##)#######", "0(2##)#######"]);
tables!(PERSIAN, FA_IR, "ایران", "IR", cities: data::FA_CITIES, phones: &["+98 9## ### ####"]);
tables!(ARABIC, AR_SA, "السعودية", "SA", cities: data::AR_CITIES, phones: &["+966 5########"]);
tables!(WELSH, CY_GB, "United Kingdom", "GB");
tables!(JAPANESE, JA_JP, "日本", "JP",
    cities: data::JA_CITIES, phones: &["090-####-####", "03-####-####"], postcodes: &["###-####"], family_first: Some(" "),
    company_suffixes: &["株式会社", "有限会社", "合同会社"]);
tables!(CHINESE, ZH_CN, "中国", "CN",
    cities: data::ZH_CITIES, phones: &["13#########", "15#########"], postcodes: &["######"], family_first: Some(""),
    company_suffixes: &["科技有限公司", "网络有限公司", "信息有限公司"]);
tables!(TAIWANESE, ZH_TW, "臺灣", "TW",
    cities: data::TW_CITIES, phones: &["09##-######"], family_first: Some(""), company_suffixes: &["股份有限公司", "有限公司"]);

static RUSSIAN: Tables = Tables {
    female: data::RU_FEMALE,
    male: data::RU_MALE,
    last: data::RU_LAST,
    last_female: data::RU_LAST_FEMALE,
    cities: data::RU_CITIES,
    streets: data::RU_STREETS,
    company_suffixes: &["ООО", "ЗАО", "ОАО", "АО"],
    phones: &["+7 (9##) ###-##-##", "8 (9##) ###-##-##"],
    postcodes: &["######"],
    country: "Россия",
    country_code: "RU",
    ..BASE
};

static SPANISH: Tables = Tables {
    female: data::ES_FEMALE,
    male: data::ES_MALE,
    last: data::ES_LAST,
    cities: data::ES_CITIES,
    streets: data::ES_STREETS,
    company_suffixes: &["S.A.", "S.L.", "S.L.U."],
    phones: &["+34 6## ### ###", "+34 9## ### ###"],
    country: "España",
    country_code: "ES",
    ..BASE
};

static POLISH: Tables = Tables {
    female: data::PL_FEMALE,
    male: data::PL_MALE,
    last: data::PL_LAST,
    cities: data::PL_CITIES,
    company_suffixes: &["Sp. z o.o.", "S.A.", "Sp.k."],
    phones: &["+48 ### ### ###"],
    postcodes: &["##-###"],
    country: "Polska",
    country_code: "PL",
    ..BASE
};

static BRITISH: Tables = Tables {
    cities: data::GB_CITIES,
    phones: &["+44(0)1## #######", "01## ### ####", "+447### ######"],
    postcodes: &["SW# #AA", "M## #BT", "EH# #LY"],
    country: "United Kingdom",
    country_code: "GB",
    company_suffixes: &["Ltd", "PLC", "and Sons", "Group"],
    ..BASE
};

/// Codes of the Python library, with the data each uses here.
#[rustfmt::skip]
static LOCALES: &[Locale] = &[
    of("en_US", &ENGLISH), of("en", &ENGLISH), of("en_AU", &BRITISH), of("en_BD", &BRITISH), of("en_CA", &ENGLISH),
    of("en_GB", &BRITISH), of("en_IE", &BRITISH), of("en_IN", &BRITISH), of("en_KE", &BRITISH), of("en_MS", &ENGLISH),
    of("en_NG", &BRITISH), of("en_NZ", &BRITISH), of("en_PH", &ENGLISH), of("en_PK", &BRITISH), of("en_TH", &ENGLISH),
    of("ar_AA", &ARABIC), of("ar_AE", &ARABIC), of("ar_BH", &ARABIC), of("ar_DZ", &ARABIC), of("ar_EG", &ARABIC),
    of("ar_JO", &ARABIC), of("ar_PS", &ARABIC), of("ar_SA", &ARABIC), of("az_AZ", &ENGLISH), of("bg_BG", &ENGLISH),
    of("bn_BD", &ENGLISH), of("bs_BA", &ENGLISH), of("cs_CZ", &ENGLISH), of("cy_GB", &WELSH), of("da_DK", &ENGLISH), of("de", &GERMAN),
    of("de_AT", &GERMAN), of("de_CH", &GERMAN), of("de_DE", &GERMAN), of("de_LI", &GERMAN), of("de_LU", &GERMAN),
    of("dk_DK", &ENGLISH), of("el_CY", &ENGLISH), of("el_GR", &ENGLISH), of("es", &SPANISH), of("es_AR", &SPANISH),
    of("es_CA", &SPANISH), of("es_CL", &SPANISH), of("es_CO", &SPANISH), of("es_ES", &SPANISH), of("es_MX", &SPANISH),
    of("et_EE", &ENGLISH), of("fa_IR", &PERSIAN), of("fi_FI", &ENGLISH), of("fil_PH", &ENGLISH), of("fr_BE", &FRENCH),
    of("fr_CA", &FRENCH), of("fr_CH", &FRENCH), of("fr_DZ", &FRENCH), of("fr_FR", &FRENCH), of("fr_QC", &FRENCH),
    of("ga_IE", &ENGLISH), of("gu_IN", &ENGLISH), of("ha_NG", &ENGLISH), of("he_IL", &ENGLISH), of("hi_IN", &ENGLISH),
    of("hr_HR", &ENGLISH), of("hu_HU", &ENGLISH), of("hy_AM", &ENGLISH), of("id_ID", &ENGLISH), of("ig_NG", &ENGLISH),
    of("is_IS", &ENGLISH), of("it_CH", &ITALIAN), of("it_IT", &ITALIAN), of("ja_JP", &JAPANESE), of("ka_GE", &ENGLISH),
    of("kk_KZ", &ENGLISH), of("ko_KR", &ENGLISH), of("la", &ENGLISH), of("lb_LU", &GERMAN), of("lt_LT", &ENGLISH),
    of("lv_LV", &ENGLISH), of("mt_MT", &ENGLISH), of("ne_NP", &ENGLISH), of("nl_BE", &DUTCH), of("nl_NL", &DUTCH),
    of("no_NO", &ENGLISH), of("or_IN", &ENGLISH), of("pl_PL", &POLISH), of("pt_BR", &BRAZILIAN), of("pt_PT", &PORTUGUESE),
    of("ro_RO", &ENGLISH), of("ru_RU", &RUSSIAN), of("sk_SK", &ENGLISH), of("sl_SI", &ENGLISH), of("sq_AL", &ENGLISH),
    of("sv_SE", &ENGLISH), of("sw", &ENGLISH), of("ta_IN", &ENGLISH), of("th", &ENGLISH), of("th_TH", &ENGLISH),
    of("tl_PH", &ENGLISH), of("tr_TR", &TURKISH), of("tw_GH", &ENGLISH), of("ug_CN", &ENGLISH), of("uk_UA", &ENGLISH),
    of("uz_UZ", &ENGLISH), of("vi_VN", &ENGLISH), of("yo_NG", &ENGLISH), of("zh_CN", &CHINESE), of("zh_TW", &TAIWANESE),
    of("zu_ZA", &ENGLISH),
];

/// Codes of `mimesis` and the locale whose data they use.
#[rustfmt::skip]
const MIMESIS: &[(&str, &str)] = &[
    ("ar-ae", "ar_AE"), ("ar-dz", "ar_DZ"), ("ar-eg", "ar_EG"), ("ar-jo", "ar_JO"), ("ar-om", "ar_AA"), ("ar-kw", "ar_AA"),
    ("ar-ma", "ar_AA"), ("ar-qa", "ar_AA"), ("ar-sa", "ar_SA"), ("ar-sy", "ar_AA"), ("ar-tn", "ar_AA"), ("ar-ye", "ar_AA"),
    ("az", "az_AZ"), ("cs", "cs_CZ"), ("da", "da_DK"), ("de", "de_DE"), ("de-at", "de_AT"), ("de-ch", "de_CH"), ("el", "el_GR"),
    ("en", "en_US"), ("en-au", "en_AU"), ("en-ca", "en_CA"), ("en-gb", "en_GB"), ("es", "es_ES"), ("es-mx", "es_MX"),
    ("et", "et_EE"), ("fa", "fa_IR"), ("fi", "fi_FI"), ("fr", "fr_FR"), ("hu", "hu_HU"), ("hr", "hr_HR"), ("is", "is_IS"),
    ("it", "it_IT"), ("ja", "ja_JP"), ("kk", "kk_KZ"), ("ko", "ko_KR"), ("nl", "nl_NL"), ("nl-be", "nl_BE"), ("no", "no_NO"),
    ("pl", "pl_PL"), ("pt", "pt_PT"), ("pt-br", "pt_BR"), ("ru", "ru_RU"), ("sk", "sk_SK"), ("sv", "sv_SE"), ("tr", "tr_TR"),
    ("uk", "uk_UA"), ("zh", "zh_CN"),
];

/// Where two-letter codes go that are no locale of their own.
const DEFAULTS: &[(&str, &str)] = &[
    ("ar", "ar_AA"),
    ("zh", "zh_CN"),
    ("pt", "pt_PT"),
    ("fr", "fr_FR"),
    ("ja", "ja_JP"),
    ("ko", "ko_KR"),
    ("cs", "cs_CZ"),
    ("da", "da_DK"),
    ("el", "el_GR"),
    ("sv", "sv_SE"),
    ("uk", "uk_UA"),
    ("nl", "nl_NL"),
];

const fn of(code: &'static str, data: &'static Tables) -> Locale {
    Locale { code, data }
}

impl Locale {
    /// The locale of a faker code; `-` and `_` and letter case are interchangeable.
    pub fn faker(code: &str) -> Option<&'static Self> {
        let wanted = code.replace('-', "_");
        let exact = LOCALES
            .iter()
            .find(|locale| locale.code.eq_ignore_ascii_case(&wanted));
        if exact.is_some() || wanted.contains('_') || wanted.is_empty() {
            return exact;
        }
        let default = DEFAULTS
            .iter()
            .find(|(short, _)| short.eq_ignore_ascii_case(&wanted));
        if let Some((_, full)) = default {
            return Self::faker(full);
        }
        LOCALES.iter().find(|locale| {
            locale
                .code
                .split('_')
                .next()
                .is_some_and(|language| language.eq_ignore_ascii_case(&wanted))
        })
    }

    /// The locale of a mimesis code.
    pub fn mimesis(code: &str) -> Option<&'static Self> {
        let (_, faker) = MIMESIS.iter().find(|(known, _)| *known == code)?;
        Self::faker(faker)
    }

    /// Codes of all faker locales.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        LOCALES.iter().map(|locale| locale.code)
    }

    /// Codes of all mimesis locales.
    pub fn mimesis_codes() -> impl Iterator<Item = &'static str> {
        MIMESIS.iter().map(|(code, _)| *code)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn every_code_resolves() {
        for code in Locale::codes() {
            assert_eq!(Locale::faker(code).unwrap().code, code);
        }
        for code in Locale::mimesis_codes() {
            assert!(Locale::mimesis(code).is_some(), "{code}");
        }
        assert_eq!(Locale::faker("fr").unwrap().code, "fr_FR");
        assert_eq!(Locale::faker("ru").unwrap().code, "ru_RU");
        assert!(Locale::faker("nope").is_none());
        assert!(Locale::faker("").is_none());
        assert!(Locale::mimesis("en_US").is_none());
    }
}
