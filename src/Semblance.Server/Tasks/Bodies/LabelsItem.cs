namespace Semblance.Server.Tasks;

/// <summary>Represents the labels of a text.</summary>
/// <param name="Labels">The labels, by descending score.</param>
internal sealed record LabelsItem(IReadOnlyList<LabelScore> Labels);
