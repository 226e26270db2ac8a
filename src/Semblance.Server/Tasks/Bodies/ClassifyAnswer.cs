using Semblance.Server.OpenAI;

namespace Semblance.Server.Tasks;

/// <summary>Represents the labels of texts.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Results">The labels of each text, by descending score.</param>
/// <param name="Usage">The number of tokens.</param>
/// <param name="Truncated">The zero-based indices of the texts that were truncated; absent if there are none.</param>
internal sealed record ClassifyAnswer(
    string Model, IReadOnlyList<LabelsItem> Results, TokenUsage Usage, IReadOnlyList<int>? Truncated);
