namespace Semblance.Server.Tokenizing;

/// <summary>Represents the body of a request to <c>/tokenize</c>, as llama.cpp (<c>content</c>) and vLLM (<c>prompt</c>) have it.</summary>
internal sealed record TokenizeBody
{
    /// <summary>Gets the name of the model; <see langword="null"/> for the first one.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the text, as llama.cpp names it.</summary>
    public string? Content { get; init; }

    /// <summary>Gets a value that indicates whether special tokens are added to <see cref="Content"/>.</summary>
    public bool AddSpecial { get; init; }

    /// <summary>Gets a value that indicates whether the answer to <see cref="Content"/> has the tokens beside their ids.</summary>
    public bool WithPieces { get; init; }

    /// <summary>Gets the text, as vLLM names it.</summary>
    public string? Prompt { get; init; }

    /// <summary>Gets a value that indicates whether special tokens are added to <see cref="Prompt"/>; <see langword="true"/> by default.</summary>
    public bool? AddSpecialTokens { get; init; }

    /// <summary>Gets a value that indicates whether the answer to <see cref="Prompt"/> has the tokens beside their ids.</summary>
    public bool ReturnTokenStrs { get; init; }
}
