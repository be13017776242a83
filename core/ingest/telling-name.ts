/**
 * Words that say what kind of thing a file is and nothing more, in the languages of the chat and those that people in
 * Europe write papers in: what cameras, scanners and programs call files, and what everybody calls a paper of its kind.
 */
const NOTHING_SAID = `
  scan scanned scanner camscanner adobe skan escaneo scansione numerisation digitalizado tarama img image images pic picture pictures pics
  photo photos foto fotos imagen immagine imagem afbeelding obraz zdjecie resim bild bilder dsc dscn dscf pxl whatsapp signal telegram wa
  screenshot bildschirmfoto doc docs document documents dokument dokumente documento documenti documentos belge dokumenty asiakirja
  документ έγγραφο datei file files fichier archivo arquivo bestand plik dosya fil tiedosto soubor файл attachment anhang allegato adjunto
  anexo bijlage zalacznik untitled unbenannt unknown unbekannt download downloads export print ausdruck page pages seite seiten pagina
  new neu neue nuevo nouveau nieuw nowy yeni pdf text txt word
  invoice invoices bill bills receipt receipts rechnung rechnungen quittung beleg kassenbon bon facture recu fattura ricevuta scontrino
  factura recibo fatura conta factuur nota bonnetje faktura rachunek paragon makbuz regning kvitto kvittering lasku kuitti uctenka szamla chitanta
  racun τιμολόγιο απόδειξη счет чек рахунок فاتورة חשבונית 发票 letter letters brief briefe schreiben anschreiben lettre courrier carta
  lettera list pismo mektup brev kirje dopis level scrisoare επιστολή письмо лист رسالة מכתב contract contracts agreement vertrag contrat
  contrato contratto contract overeenkomst umowa sozlesme avtal kontrakt kontrakti aftale avtale sopimus smlouva szerzodes ugovor σύμβαση
  договор договір عقد חוזה 合同 statement statements auszug kontoauszug kontoauszuge bankauszug releve extracto estratto extrato
  afschrift wyciag ekstre kontoutdrag kontoudtog tiliote vypis kivonat extras выписка bank account konto
  report bericht rapport informe rapporto relazione relatorio raport rapor raportti zprava jelentes отчет certificate certificat
  bescheinigung urkunde nachweis zertifikat certificado certificato attestation attestato atestado certyfikat zaswiadczenie sertifika
  geburtsurkunde zeugnis bulletin pagella form formular formulaire formulario modulo formulier formularz application antrag demande
  solicitud domanda pedido aanvraag wniosek basvuru ansokan bescheid steuerbescheid notice avis aviso avviso decision
  offer quote angebot kostenvoranschlag devis oferta presupuesto offerta preventivo orcamento offerte order bestellung auftrag commande
  confirmation bestatigung bestaetigung buchungsbestatigung auftragsbestatigung confirmacion conferma confirmacao bevestiging reminder
  mahnung zahlungserinnerung rappel policy police polizza poliza apolice polis versicherung versicherungsschein ticket tickets fahrkarte
  billet billete biglietto bilhete bilet booking buchung reservation reserva prenotazione payslip lohnabrechnung gehaltsabrechnung
  lohnzettel abrechnung nebenkostenabrechnung jahresabrechnung nomina cedolino loonstrook bordro arztbrief befund rezept minutes protokoll
  note notes notiz notizen list liste lista elenco lijst info information informationen summary zusammenfassung ubersicht overview
  termination kundigung kuendigung resume cv lebenslauf passport reisepass pass ausweis personalausweis fuhrerschein fuehrerschein id
  copy kopie copie copia kopia final endfassung entwurf draft signed unterschrieben v nr no
  my our the a of for from to mein meine unser unsere der die das von vom fur an zum zur mon ma le la les du de des un une mi el del il
  della`;

/** What comes again and again from one sender: each of them is a paper of its own, whatever they are called. Also as the end of a compound. */
const REGULAR = `
  invoice bill statement receipt payslip payroll newsletter minutes reminder rechnung abrechnung auszug quittung mahnung bescheid lohnzettel
  protokoll rundbrief facture releve bulletin quittance factura recibo extracto nomina fattura bolletta estratto cedolino ricevuta fatura
  extrato factuur afschrift loonstrook faktura rachunek wyciag makbuz ekstre bordro regning kontoutdrag kontoudtog lasku tiliote vypis
  szamla kivonat chitanta racun τιμολόγιο λογαριασμός счет выписка квитанция рахунок فاتورة חשבונית 发票`;

const NOTHING = new Set(wordsOf(NOTHING_SAID));
const AGAIN = wordsOf(REGULAR);

/** Shorter words end others by chance ("handbill" is rare, "bill" short). */
const SHORTEST_ENDING = 6;

/**
 * True when a name says nothing about which paper it is ("scan.pdf", "IMG_0001.jpg", "Rechnung.pdf", "my contract.docx"):
 * two files of such a name need not have anything to do with each other. `stem`: the name without its ending.
 */
export function isGenericName(stem: string): boolean {
  return wordsOf(stem).every((word) => NOTHING.has(word));
}

/** True when a name is that of papers which come again and again ("Stromrechnung.pdf", "Sparkasse Kontoauszug.pdf"). */
export function isRegularName(stem: string): boolean {
  return wordsOf(stem).some((word) =>
    AGAIN.some(
      (again) => word === again || word === `${again}s` || (again.length >= SHORTEST_ENDING && word.endsWith(again)),
    ),
  );
}

/** In lower case and without accents, so that "Kündigung" and "reçu" are found however they are written. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/\p{L}+/gu) ?? [];
}
