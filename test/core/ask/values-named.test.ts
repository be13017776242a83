import { expect, it } from 'vitest';
import { guessLanguage } from '../../../core/ask/guess-language.ts';
import { heldValues, valuesOf } from '../../../core/ask/values.ts';

const isHeld = (passage: string, claim: string, language: string) => {
  const [held, values] = [heldValues(passage, guessLanguage(passage) ?? language), valuesOf(claim, language)];
  return values.length > 0 && values.every((value) => held.has(value));
};

/** Language, passage, what it holds, what it does not hold. */
const CASES: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  [
    'en',
    'Paper is collected on Mondays at 10:00, glass on Tuesday at 14:00.',
    ['Glass is collected on Tuesday at 14:00.', 'On Mondays at 10 am', 'at 2 pm'],
    ['Glass is collected on Monday at 14:00.', 'on Wednesday', 'On Friday at 10:00'],
  ],
  ['en', 'Open Mon-Fri 8:00 to 12:00', ['It opens on Wednesday at 8:00', 'On Friday at 8 am'], ['On Sunday at 8:00']],
  [
    'en',
    'Give 5 g of salt and 30 days of rest. Room 12 holds 500 people.',
    ['5 g', '30 days', 'thirty days', '5 grams', 'room 12', '500 people'],
    ['5 kg', '30 months', 'thirty months', '5 %', '12 500 people', '12,500', '12.500'],
  ],
  ['en', 'The notice period is a 30-day one.', ['30 days', 'thirty days'], ['30 weeks']],
  [
    'en',
    'The balance on 3 March was -250.00 EUR.',
    ['The balance was -250.00 EUR', 'balance: −250 euros', 'He paid 250 euros'],
    ['The balance was 250 euros.'],
  ],
  ['en', 'The balance was 250.00 EUR.', ['The balance was 250 EUR'], ['The balance was -250 EUR', 'minus 250 euros']],
  [
    'en',
    'A discount of 5 % is given, 20 euros at most.',
    ['5 percent', '5%', '20 euros', '€20'],
    ['5 euros', '20 %', '$20', '£20'],
  ],
  [
    'en',
    'Rent due in May and in October 2025.',
    ['in May', 'in October', 'October 2025'],
    ['in June', 'in March', 'October 2024', 'in November'],
  ],
  ['en', 'Temperature -5 °C at night, 20 °C by day', ['-5 °C', '20 °C'], ['5 °C', '-20 °C', '20 °F']],
  ['en', 'Population 12 500, price 12.500 EUR', ['12 500', '12,500', '12.500 EUR'], ['125 00', '500 EUR']],
  [
    'en',
    'Started on 14 October 2025.',
    ['on Tuesday, 14 October 2025', 'in October'],
    ['on Monday, 14 October 2025', 'in November'],
  ],
  ['en', 'Weight (kg) | 5\nFrist (Tage): 30', ['5 kg', '30 days'], ['5 g', '30 months']],
  [
    'en',
    'Item | Price (EUR) | Weeks\nClock | 417 | 6 (Item: Clock; Price (EUR): 417; Weeks: 6)',
    ['417 euros', '6 weeks'],
    ['417 dollars', '6 months'],
  ],
  [
    'de',
    'Die Kündigungsfrist beträgt 30 Tage zum Monatsende. Müllabfuhr dienstags ab 6 Uhr. Wartung im Oktober. Salz: 5 g. Rabatt 5 %',
    ['30 Tage', 'dreißig Tage', 'am Dienstag um 6 Uhr', 'jeden Dienstag', 'im Oktober', '5 g', '5 Prozent', '5%'],
    ['30 Monate', 'dreißig Monate', 'am Mittwoch', 'im November', '5 kg', '30 Prozent', '30 Wochen'],
  ],
  [
    'de',
    'Montag bis Freitag 8-12 Uhr, 14-tägig, 3-monatige Frist, Kontostand −1.250,50 EUR',
    ['Am Mittwoch', '14 Tage', '3 Monate', 'drei Monate', 'Kontostand −1.250,50 €'],
    ['am Samstag', '14 Monate', '3 Tage', 'Der Kontostand ist 1.250,50 EUR'],
  ],
  [
    'de',
    'Zahlbar in 14 Kalendertagen. Gültig ab April bis Juni; genau 20 aufeinanderfolgende Tage',
    ['14 Tage', '14 Tagen', 'im Mai', '20 Tage'],
    ['14 Wochen', 'im August', '20 Jahre'],
  ],
  [
    'fr',
    'Le préavis est de 30 jours. Le loyer est de 1 250 € payable le lundi. Chambre 12 pour 500 personnes. Travaux en mai.',
    ['30 jours', 'trente jours', '1250 €', '1 250 euros', 'le lundi', 'en mai'],
    ['30 mois', 'trente mois', '250 €', 'le mardi', 'en mars', '12 500', 'en août', '30 %'],
  ],
  [
    'es',
    'El plazo es de 30 días. La basura se recoge los martes. Pague 5 kg. Descuento del 10 %. Revisión en mayo.',
    ['30 días', 'treinta días', 'el martes', '5 kg', '10 por ciento', 'en mayo'],
    ['30 meses', 'treinta meses', 'los miércoles', '5 g', '10 euros', 'en junio', '5 kilómetros'],
  ],
  [
    'tr',
    'Süre 30 gündür. Çöp Salı günü toplanır. 5 kg un. Ödeme Mayıs ayında. Fiyat 2.275 TL',
    ['30 gün', 'Salı günü', '5 kg', 'Mayıs ayında', '2.275 lira', 'otuz gün'],
    ['30 ay', 'Pazartesi günü', '5 g', 'Haziran ayında', '2.275 euro', 'Cuma günü', 'otuz ay'],
  ],
  [
    'ru',
    'Срок 30 дней. Мусор вывозят по вторникам. 5 кг муки. Оплата в мае. Цена 1 250 руб. Температура −5 °C',
    ['30 дней', 'тридцать дней', 'во вторник', '5 кг', 'в мае', '1250 рублей', 'температура −5 °C'],
    ['30 месяцев', 'тридцать месяцев', 'в среду', '5 г', 'в июне', '1250 евро', 'температура 5 °C', '250 руб'],
  ],
  [
    'it',
    'Preavviso di 30 giorni, ritiro il lunedì, 10 euro',
    ['30 giorni', 'il lunedì', '10 €'],
    ['30 mesi', 'il martedì', '10 %'],
  ],
  [
    'pl',
    'Okres 30 dni, odbiór w poniedziałki, 10 zł, w maju',
    ['30 dni', 'w poniedziałek', '10 złotych', 'w maju'],
    ['30 miesięcy', 'we wtorek', '10 euro', 'w czerwcu'],
  ],
  [
    'nl',
    'Opzegtermijn 30 dagen, afval op maandag, € 10',
    ['30 dagen', 'op maandag', '10 euro'],
    ['30 maanden', 'op dinsdag', '10 %'],
  ],
  ['zh', '期限30天，每周一收垃圾，费用180元', ['30天', '周一', '180元', '星期一'], ['30个月', '周二', '180欧元']],
  ['ar', 'المدة 30 يوما، يوم الاثنين', ['30 يوم', 'الاثنين'], ['30 شهرا', 'الثلاثاء']],
  ['en', 'المدة 30 يوما', ['30 days'], ['30 months']],
  ['en', 'Frist: 3 Monate', ['three months', '3 months'], ['three weeks', '3 years']],
  [
    'de',
    'three months notice, 1,250 euros, Tuesday',
    ['3 Monate', '1.250 EUR', 'Dienstag'],
    ['3 Wochen', '1.250 %', 'Mittwoch'],
  ],
  ['en', 'Oscar, aged 12, takes 2 x 250 ml', ['12 years old', '250 ml'], ['250 l', '12 months']],
  ['en', 'gas used 231 m³ at 9.1 % CO2', ['231 m³', '231 cubic metres', '9.1 %'], ['231 m²', '231 kWh', '9.1 kg']],
  ['en', 'Page 3, 24 h service, call 030 123 456', ['24 hours', '24 h', '030 123 456'], ['24 days']],
  ['en', 'Monday | 10:00 | Tuesday | 14:00', ['Monday 10:00', 'Tuesday 14:00'], ['Monday 14:00']],
  [
    'en',
    'from 5 to 10 days, between 3 and 4 weeks; 30 or more days',
    ['5 to 10 days', '3 to 4 weeks', '30 days'],
    ['5 to 10 months', '3 years'],
  ],
  [
    'en',
    'The flat has 75 square metres, the field 3 acres. The car uses 6 litres for 120 km, at 50 mph. Take 5 mg, then 2 tablets and 10 drops. Fee: 20 euros, stamp 85 cents.',
    ['75 square metres', '75 m²', '75 Quadratmeter', '3 acres', '6 l', '120 kilometres', '50 miles per hour'],
    ['75 square feet', '75 sq ft', '75 hectares', '75 inches', '75 metres', '3 hectares', '6 gallons', '120 miles'],
  ],
  [
    'en',
    'Take 5 mg, then 2 tablets and 10 drops. Fee: 20 euros, stamp 85 cents. The fine is SEK 300.',
    ['5 milligrams', '2 pills', '10 drops', '85 cents', '20 euros', '300 kronor', '300 Swedish crowns'],
    ['5 mcg', '5 µg', '5 IU', '5 drops', '5 tablets', '2 capsules', '20 cents', '20 yen', '20 crowns', '85 euros'],
  ],
  ['en', 'It drives 120 km in all.', ['120 km'], ['120 km/h', '120km/h', '120 kilometres per hour', '120 mph']],
  ['en', 'The limit is 120 km/h.', ['120 km/h', '120km/h', '120 kilometres per hour'], ['120 km', '120 mph']],
  ['en', 'Speed (km/h) | 50\nArea (sq ft) | 800', ['50 km/h', '800 square feet'], ['50 mph', '800 square metres']],
  [
    'de',
    'Der Garten hat 300 Quadratmeter, der Acker 2 Hektar. Dosis: 20 Tropfen. Porto 95 Cent. Höchstens 30 km/h.',
    ['2 ha', '20 Tropfen', '95 Cent', '30 Stundenkilometer'],
    ['2 Morgen', '300 Hektar', '20 Tabletten', '95 Euro', '30 km', '20 ml', '300 Fuß'],
  ],
  [
    'fr',
    'Prendre 3 gouttes. Surface de 40 mètres carrés. Prix 15 euros',
    ['3 gouttes', '40 mètres carrés'],
    ['3 comprimés', '40 hectares', '40 pieds carrés', '15 centimes'],
  ],
  [
    'en',
    'Stay 5 nights for 60 euros a person. The bag holds 8 kg of rice. Zahlen Sie 70 Euro jährlich.',
    ['5 nights', '60 a person', '8 of rice', '70 jährlich'],
    ['60 sheep', '8 bottles', '70 bushels'],
  ],
  [
    'en',
    'The fee is 20 euros, from 20 €–30 €.',
    ['€20', '€30', '20 €–30 €'],
    ['€-20', '-€20', 'EUR -20', '€ −20', 'EUR-20'],
  ],
  ['en', 'The refund is €-20.', ['-20 euros', '€-20', '20 euros'], []],
  [
    'en',
    'The meeting is on Tuesday, 3 March at 18:00. The trip is on Thursday, 12 March. Glass: Friday, 9:00.',
    ['Tuesday, 3 March at 18:00', 'on Tuesday at 18:00', 'Thursday, 12 March', 'Friday at 9:00'],
    ['Thursday, 3 March at 18:00', 'Tuesday, 12 March', 'on Thursday at 18:00', 'Tuesday at 9:00'],
  ],
  [
    'de',
    'Elternabend: Dienstag, den 3. März, 18 Uhr. Ausflug am 12. März (Donnerstag). Frist Montag, 2.3.2026. Probe ist Freitag. 20 Kinder kommen am Samstag.',
    ['Dienstag, 3. März um 18 Uhr', 'Donnerstag, 12. März', 'Montag, 2. März'],
    ['Freitag für 20', 'Donnerstag, 3. März', 'Dienstag, 12. März', 'Donnerstag um 18 Uhr', 'Dienstag, 2. März'],
  ],
  // Years written with a short word, which is another unit elsewhere.
  ['ru', 'Договор от 2024 г. Вес: 5 г.', ['2024 г.', '2024 год', '2024', '5 г'], ['2024 кг', '5 кг']],
  ['en', 'Договор заключён в 2024 г.', ['in 2024'], []],
  ['en', 'The estate has 30 rooms for 12 guests.', ['30 rooms an estate'], ['30 years', '12 months']],
  ['de', 'Das Mehl kostet 5 Euro, davon hole 3 kg.', ['5 und 3 kg'], ['5 kg', '3 Euro']],
  ['en', 'It costs 7 euros for two days.', ['7 PKV days', '7 for two days'], ['7 days', '2 euros']],
  ['ru', 'Договор заключён в 2024 году.', ['2024 г.'], []],
  ['en', 'The fee is EUR 20.', ['EUR 20', '20 euros'], ['EUR-20', 'EUR -20']],
  [
    'en',
    'Glass on Monday at 14:00, paper on Tuesday at 14:00, wood on Friday at 9:00.',
    ['on Monday at 14:00', 'on Tuesday at 14:00'],
    ['on Friday at 14:00', 'on Monday at 9:00'],
  ],
  ['en', 'The fair is on 3 May. It was founded in 2019.', ['3 May', '3 May 2019'], ['3 May 2031', '4 May 2019']],
  ['en', 'Open daily at 8:00.', ['on Friday at 8:00', 'on Sunday at 8 am'], ['on Friday at 9:00']],
  ['de', 'Täglich ab 8 Uhr geöffnet.', ['am Freitag ab 8 Uhr'], ['am Freitag ab 9 Uhr']],
];

it.each(CASES)('%s: days, months, units and signs of %j', (language, passage, holds, doesNot) => {
  expect(holds.filter((claim) => !isHeld(passage, claim, language))).toEqual([]);
  expect(doesNot.filter((claim) => isHeld(passage, claim, language))).toEqual([]);
});

it('takes words of two meanings for months only where they are meant so', () => {
  expect(valuesOf('You may march on, says April’s aunt [1].', 'en').map(({ shown }) => shown)).toEqual(['M4']);
  expect(valuesOf('It was due in May.', 'en')).toMatchObject([{ readings: ['M5'] }]);
  expect(valuesOf('Das sind 2 € mehr, so der Brief.', 'de')).toMatchObject([{ readings: ['N2'], unit: 'euro' }]);
});
