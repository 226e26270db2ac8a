namespace Semblance.Tokenizers;

/// <summary>
/// Represents an added token, which is found in the text before the model runs: <c>[CLS]</c>, <c>&lt;mask&gt;</c>, a token of the user.
/// </summary>
/// <param name="Id">The id.</param>
/// <param name="Content">The text of the token.</param>
/// <param name="SingleWord">
/// <see langword="true"/> if the token is found only if no letter or digit adjoins it (<c>single_word</c>).
/// </param>
/// <param name="TrimLeft"><see langword="true"/> if the token includes the white space to its left (<c>lstrip</c>).</param>
/// <param name="TrimRight"><see langword="true"/> if the token includes the white space to its right (<c>rstrip</c>).</param>
/// <param name="Normalized"><see langword="true"/> if the token is found in the normalized text instead of the original text.</param>
/// <param name="Special"><see langword="true"/> if decoding leaves the token out by default.</param>
internal sealed record AddedToken(
    int Id, string Content, bool SingleWord, bool TrimLeft, bool TrimRight, bool Normalized, bool Special);
