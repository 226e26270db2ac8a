using System.Globalization;

namespace Semblance.Training.Recipes;

/// <summary>Lists the settings of a training for the model card and the report: those of the recipe, and the defaults of others.</summary>
internal static class RecipeSettings
{
    // The card lists data sets by themselves.
    private static readonly string[] Elsewhere = ["datasets", "card"];

    /// <summary>Returns the names and values, in the order of the recipe, then the defaults.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="seed">Its random seed.</param>
    /// <param name="training">The training.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(RecipeNode recipe, int seed, RecipeTraining training)
    {
        var given = recipe.Settings().Where(setting => !Elsewhere.Contains(setting.Key.Split('.')[0]));
        var defaults = Defaults(seed, training).Where(setting => recipe.Find(setting.Key) is null);
        return [.. given, .. defaults];
    }

    private static IEnumerable<KeyValuePair<string, string>> Defaults(int seed, RecipeTraining training)
    {
        var options = training.Options;
        yield return new("steps", Invariant($"{options.Steps}"));
        yield return new("schedule", Invariant($"linear, warm-up of {options.Schedule.WarmupSteps} steps"));
        yield return new("optimizer", "AdamW, weight-decay 0.01");
        yield return new("accumulation", Invariant($"{options.AccumulationSteps}"));
        yield return new("gradient-clip", Invariant($"{options.MaxGradientNorm ?? 0}"));
        yield return new("seed", Invariant($"{seed}"));
        if (training.Datasets.Count > 1)
        {
            yield return new("mixing", "proportional");
        }

        if (training.Evaluator is not null)
        {
            yield return new("keep", "best");
        }

        yield return new("precision", "float32");
        yield return new("weights", "float32");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
