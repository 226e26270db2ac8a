namespace Semblance.Server.Tokenizing;

/// <summary>Represents the answer of <c>/detokenize</c>.</summary>
/// <param name="Content">The text, as llama.cpp names it.</param>
/// <param name="Prompt">The text, as vLLM names it.</param>
internal sealed record DetokenizeAnswer(string Content, string Prompt);
