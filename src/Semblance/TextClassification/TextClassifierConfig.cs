using System.Text.Json;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance;

/// <summary>Represents the settings of a text classifier in its <c>config.json</c>: the kind of problem and the thresholds.</summary>
public sealed record TextClassifierConfig : TaskConfig
{
    private const string ProblemField = "problem_type", ThresholdsField = "thresholds";

    /// <summary>Gets the kind of problem.</summary>
    public ClassificationProblem Problem { get; init; }

    /// <summary>
    /// Gets the threshold of each label if a text can have several labels; empty for 0.5 for all. It is a setting of Semblance that
    /// transformers ignores.
    /// </summary>
    public IReadOnlyList<float> Thresholds { get; init; } = [];

    internal static TextClassifierConfig Load(ConfigurationFile config)
    {
        var labels = TaskModel.LabelCount(config);
        return new TextClassifierConfig
        {
            // As in the original's pipeline, a single label without a problem type is a probability.
            Problem = config.Text(ProblemField) switch
            {
                null => labels == 1 ? ClassificationProblem.MultiLabel : ClassificationProblem.SingleLabel,
                var name => Enum.GetValues<ClassificationProblem>().Cast<ClassificationProblem?>()
                    .FirstOrDefault(problem => NameOf(problem!.Value) == name) ?? throw config.Fault(ProblemField,
                        $"is '{name}'; supported are {string.Join(", ", Enum.GetValues<ClassificationProblem>().Select(NameOf))}"),
            },
            Thresholds = config.Find(ThresholdsField) is not { } thresholds ? [] : Read(config, thresholds, labels),
        };
    }

    internal static string NameOf(ClassificationProblem problem) => problem switch
    {
        ClassificationProblem.SingleLabel => "single_label_classification",
        ClassificationProblem.MultiLabel => "multi_label_classification",
        _ => "regression",
    };

    internal override void Save(string folder, ModelKind kind)
    {
        if (Thresholds.Count > 0)
        {
            ConfigurationFile.Read(Path.Combine(folder, "config.json")).SaveWith(ThresholdsField, json =>
            {
                json.WriteStartArray();
                foreach (var threshold in Thresholds)
                {
                    json.WriteNumberValue(threshold);
                }

                json.WriteEndArray();
            });
        }
    }

    private static float[] Read(ConfigurationFile config, JsonElement thresholds, int labels)
    {
        var values = thresholds.ValueKind != JsonValueKind.Array ? [] : thresholds.EnumerateArray()
            .Select(value => value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var number) ? number : float.NaN).ToArray();
        return values.Length == labels && values.All(float.IsFinite) ? values : throw config.Fault(
            ThresholdsField, $"is no list of {labels} numbers, one for each label");
    }
}
