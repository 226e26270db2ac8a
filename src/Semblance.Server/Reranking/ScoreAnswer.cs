using Semblance.Server.OpenAI;

namespace Semblance.Server.Reranking;

/// <summary>Represents the answer of <c>/score</c>.</summary>
/// <param name="Id">The id of the request.</param>
/// <param name="Object"><c>list</c>.</param>
/// <param name="Created">The time, in seconds since 1970.</param>
/// <param name="Model">The name of the model.</param>
/// <param name="Data">The scores, in the order of the pairs.</param>
/// <param name="Usage">The number of tokens.</param>
internal sealed record ScoreAnswer(
    string Id, string Object, long Created, string Model, IReadOnlyList<ScoreItem> Data, TokenUsage Usage);
