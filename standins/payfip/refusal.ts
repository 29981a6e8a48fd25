/** A call that PayFiP answers with a fault: functional (the call is wrong) or technical (PayFiP is). Pure. */

export type TechnicalFault = 'TechDysfonctionnementErreur' | 'TechIndisponibiliteErreur' | 'TechProtocolaireErreur';

/** The codes for `objet` and `exer` are inventions: theirs are not known. */
const sentences: Readonly<Record<string, string>> = {
  A1: 'Adresse électronique absente',
  A2: 'Adresse électronique incorrecte',
  D1: 'URLREDIRECT incorrecte',
  E1: 'EXER incorrect',
  M1: 'MONTANT incorrect',
  M3: 'MONTANT inférieur à un euro',
  M5: 'MONTANT trop élevé',
  N1: 'URLNOTIF incorrecte',
  O1: 'OBJET incorrect',
  P1: 'IdOp inconnu',
  P3: 'IdOp déjà utilisé',
  P4: 'IdOp enregistré depuis plus de 15 minutes',
  P5: 'Résultat de la transaction non connu',
  R3: 'Format de REFDET incorrect',
  S1: 'SAISIE incorrecte',
  T1: 'NUMCLI incorrect',
  T2: 'NUMCLI inconnu',
};

/** The message is PayFiP's own sentence for the code. */
export class Refusal extends Error {
  readonly kind: 'FonctionnelleErreur' | TechnicalFault;
  readonly code: string;

  constructor(code: string, kind: Refusal['kind'] = 'FonctionnelleErreur') {
    super(sentences[code] ?? 'Erreur simulée');
    this.kind = kind;
    this.code = code;
  }
}
