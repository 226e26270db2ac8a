namespace Semblance;

/// <summary>How short queries are filled up with mask tokens, whose vectors count like others (ColBERT: Khattab and Zaharia 2020, arXiv:2004.12832).</summary>
/// <param name="Length">How many tokens a query has at least.</param>
/// <param name="IsFixed">Whether longer queries are cut to that length too.</param>
/// <param name="IsAttended">Whether the query's own tokens see those that fill it up; ColBERT's do not.</param>
/// <param name="Token">The token; null for the tokenizer's mask token.</param>
public sealed record QueryExpansion(int Length, bool IsFixed = true, bool IsAttended = false, string? Token = null);
