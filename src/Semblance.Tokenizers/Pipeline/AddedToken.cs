namespace Semblance.Tokenizers;

/// <summary>A token that is found in the text itself, before the model sees it: <c>[CLS]</c>, <c>&lt;mask&gt;</c>, a user's own.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="SingleWord">Found only where no letter or digit adjoins it.</param>
/// <param name="TrimLeft">Takes in the white space to its left (<c>lstrip</c>).</param>
/// <param name="TrimRight">Takes in the white space to its right (<c>rstrip</c>).</param>
/// <param name="Normalized">Found in the normalised text rather than in the original.</param>
/// <param name="Special">Left out by decoding unless asked for.</param>
internal sealed record AddedToken(
    int Id, string Content, bool SingleWord, bool TrimLeft, bool TrimRight, bool Normalized, bool Special);
