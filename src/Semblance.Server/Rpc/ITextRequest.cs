namespace Semblance.Server.Rpc;

/// <summary>Defines the members that the requests for vectors of a text have in common.</summary>
internal interface ITextRequest
{
    /// <summary>Gets the text.</summary>
    string Inputs { get; }

    /// <summary>Gets a value that indicates whether a text that is too long is truncated.</summary>
    bool Truncate { get; }

    /// <summary>Gets the end of a long text that is left out.</summary>
    TruncationDirection TruncationDirection { get; }

    /// <summary>Gets a value that indicates whether the request names a prompt.</summary>
    bool HasPromptName { get; }

    /// <summary>Gets the name of the prompt.</summary>
    string PromptName { get; }
}

internal sealed partial class EmbedRequest : ITextRequest;

internal sealed partial class EmbedSparseRequest : ITextRequest;

internal sealed partial class EmbedAllRequest : ITextRequest;
