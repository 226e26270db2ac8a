using Semblance.Server.OpenAI;

namespace Semblance.Server.Collections;

/// <summary>Represents the answer to a search.</summary>
/// <param name="Results">The documents, best first.</param>
/// <param name="Usage">The number of tokens.</param>
internal sealed record SearchAnswer(IReadOnlyList<SearchItem> Results, TokenUsage Usage);
