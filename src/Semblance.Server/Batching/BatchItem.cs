using Semblance.Modules;

namespace Semblance.Server.Batching;

/// <summary>Represents one text of a request that is part of a batch.</summary>
/// <param name="Request">The request.</param>
/// <param name="Index">The zero-based index of the text in the request.</param>
internal readonly record struct BatchItem(BatchRequest Request, int Index)
{
    /// <summary>Gets the tokens of the text.</summary>
    public TokenizedText Text => Request.Texts[Index];
}
