import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { decodeText } from '../../../core/extract/decode-text.ts';

const POLISH =
  'Umowa najmu lokalu. Wynajmujący oddaje najemcy mieszkanie położone przy ulicy Młyńskiej. Czynsz płatny jest do dziesiątego dnia miesiąca, a kaucja wynosi trzy tysiące złotych.';
const RUSSIAN = 'Договор аренды квартиры. Арендатор обязуется платить до пятого числа каждого месяца.';

test.each([
  ['windows-1252', 'Grüße'],
  ['windows-1252', 'Die Miete beträgt 940 €, „Kaution“ – drei Monatsmieten. Schöne Grüße'],
  ['windows-1252', 'Le contrat a été signé à Besançon ; le loyer s’élève à 800 €. Où êtes-vous né ?'],
  ['windows-1252', '¿Dónde está el baño? ¡Aquí! Mañana a 20 °C'],
  ['iso-8859-15', 'Die Miete beträgt 940 €, die Kaution drei Monatsmieten.'],
  ['cp850', 'Die Miete beträgt 940, die Kaution drei Monatsmieten. Schöne Grüße'],
  ['windows-1250', POLISH],
  ['iso-8859-2', POLISH],
  ['windows-1250', 'Nájemní smlouva. Nájemce je povinen platit nájemné do pátého dne každého měsíce.'],
  ['windows-1254', 'Kira sözleşmesi. Kiracı her ayın beşinci gününe kadar kirayı ödemekle yükümlüdür. Görüşmek üzere.'],
  ['windows-1251', RUSSIAN],
  ['koi8-r', RUSSIAN],
  ['windows-1253', 'Συμβόλαιο ενοικίασης κατοικίας. Το ενοίκιο καταβάλλεται έως την πέμπτη ημέρα.'],
  ['windows-1256', 'عقد إيجار شقة سكنية. يدفع المستأجر الإيجار قبل اليوم الخامس من كل شهر.'],
  ['gb18030', '房屋租赁合同。租金每月三千元，押金两个月。'],
  ['shift_jis', '賃貸借契約書。家賃は毎月五日までに支払うものとする。'],
  ['euc-kr', '임대차 계약서. 임차인은 매월 5일까지 월세를 지급한다.'],
  ['utf-16le', 'Name;Betrag\r\nStrom;81,50\r\n'],
  ['utf-16be', 'Name;Betrag\r\nStrom;81,50\r\n'],
  ['utf-32be', '\ufeffGrüße'],
  ['utf-32le', '\ufeffGrüße'],
])('%s is told by how it reads: %s', (encoding, text) => {
  expect(decodeText(iconv.encode(text, encoding)).replace('\ufeff', '')).toBe(text.replace('\ufeff', ''));
});
