//! Companies and jobs.

use fake::locales as crates;
use fake::locales::Data as _;

use super::person::Gender;
use super::table::Words;
use super::{Answer, Call, Locale, Provider};

type English = crates::EN;

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("company", &[], |call| Ok(company(call).into())),
    Provider::new("company_suffix", &[], |call| {
        call.one(call.locale.data.company_suffixes)
    }),
    Provider::new("company_prefix", &[], |call| {
        call.one(call.locale.data.company_prefixes)
    }),
    Provider::new("catch_phrase", &[], catch_phrase),
    Provider::new("bs", &[], bs),
    Provider::new("job", &[], |call| call.one(call.locale.data.jobs)),
    Provider::new("job_male", &[], |call| call.one(call.locale.data.jobs)),
    Provider::new("job_female", &[], |call| call.one(call.locale.data.jobs)),
];

pub(in crate::fake) fn company(call: &mut Call<'_>) -> String {
    let formats = call.locale.data.company_formats;
    let format = call.word(formats);
    call.expand(format, Gender::Any)
}

const FRENCH: [Words; 3] = [
    &[
        "Le droit",
        "La liberté",
        "Le plaisir",
        "L'assurance",
        "L'art",
        "La possibilité",
        "Le confort",
        "L'avantage",
    ],
    &[
        "de rouler",
        "d'avancer",
        "d'évoluer",
        "de changer",
        "d'innover",
        "de louer",
        "d'atteindre vos buts",
    ],
    &[
        "en toute tranquillité",
        "plus rapidement",
        "à sa source",
        "naturellement",
        "en toute sécurité",
        "simplement",
    ],
];
const PORTUGUESE: [Words; 3] = [
    &[
        "A segurança",
        "O prazer",
        "O conforto",
        "A simplicidade",
        "A certeza",
        "A arte",
        "A vantagem",
        "O direito",
    ],
    &[
        "de conseguir",
        "de avançar",
        "de evoluir",
        "de mudar",
        "de inovar",
        "de ganhar",
        "de atingir seus objetivos",
    ],
    &[
        "com maior facilidade",
        "mais rapidamente",
        "naturalmente",
        "em estado puro",
        "com toda a tranquilidade",
        "sem preocupação",
    ],
];
const ITALIAN: [Words; 3] = [
    &[
        "Approccio",
        "Architettura",
        "Capacità",
        "Flessibilità",
        "Infrastruttura",
        "Interfaccia",
        "Soluzione",
        "Struttura",
    ],
    &[
        "avanzata",
        "flessibile",
        "innovativa",
        "integrata",
        "proattiva",
        "scalabile",
        "virtuale",
        "universale",
    ],
    &[
        "a banda larga",
        "ad alto livello",
        "di nuova generazione",
        "in tempo reale",
        "orientata al cliente",
        "multitasking",
    ],
];
const RUSSIAN: [Words; 3] = [
    &[
        "Автоматизированная",
        "Адаптивная",
        "Гибкая",
        "Интегрированная",
        "Новая",
        "Открытая",
        "Устойчивая",
        "Цифровая",
    ],
    &[
        "и глобальная",
        "и мобильная",
        "и надёжная",
        "и полная",
        "и широкая",
        "и динамичная",
        "и многоуровневая",
    ],
    &[
        "архитектура",
        "база данных",
        "инициатива",
        "концепция",
        "методология",
        "модель",
        "система",
        "стратегия",
    ],
];

/// Heads, middles and tails of slogans.
pub(super) fn phrases(locale: &Locale) -> [Words; 3] {
    match locale.data.country_code {
        "FR" => FRENCH,
        "BR" => PORTUGUESE,
        "IT" => ITALIAN,
        "RU" => RUSSIAN,
        _ => [
            English::COMPANY_BUZZWORD_HEAD,
            English::COMPANY_BUZZWORD_MIDDLE,
            English::COMPANY_BUZZWORD_TAIL,
        ],
    }
}

fn catch_phrase(call: &mut Call<'_>) -> Answer {
    let [head, middle, tail] = phrases(call.locale);
    let (head, middle, tail) = (call.word(head), call.word(middle), call.word(tail));
    Ok(format!("{head} {middle} {tail}").into())
}

fn bs(call: &mut Call<'_>) -> Answer {
    let verb = call.word(English::COMPANY_BS_VERBS);
    let adjective = call.word(English::COMPANY_BS_ADJ);
    let noun = call.word(English::COMPANY_BS_NOUNS);
    Ok(format!("{verb} {adjective} {noun}").into())
}
