namespace Semblance.Server.OpenAI;

/// <summary>Represents the number of tokens of a request, special tokens and prompts included.</summary>
/// <param name="PromptTokens">The number of tokens of the texts.</param>
/// <param name="TotalTokens">The number of all tokens.</param>
internal sealed record TokenUsage(long PromptTokens, long TotalTokens);
