using System.Globalization;
using System.Text.RegularExpressions;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Provides layer-wise decay of the learning rate (Howard and Ruder 2018, arXiv:1801.06146): the layers near the input, which know most of
/// the language, change least.
/// </summary>
public static partial class LayerDecay
{
    private static readonly string[] EmbeddingNames = ["embeddings", "embed_tokens", "tok_embeddings", "wte", "wpe"];

    /// <summary>
    /// Returns rules whose factor of the learning rate is the decay to the power of the number of layers above. What comes after the last
    /// layer has the whole rate.
    /// </summary>
    /// <param name="parameters">The parameters, whose names tell their layers, as in <c>encoder.layer.3.output.dense.weight</c>.</param>
    /// <param name="decay">The factor from one layer to the one below it, such as 0.9.</param>
    /// <returns>The rules, for the end of the list of rules: the first that matches a name applies.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The decay is not above 0 and at most 1.</exception>
    public static IReadOnlyList<ParameterRule> Rules(IReadOnlyCollection<Parameter> parameters, double decay)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(decay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decay, 1);
        Parameter[] all = [.. parameters];
        var depths = Depths(all);
        return
        [
            .. all.Select((parameter, i) => (Pattern: PatternOf(parameter.Name), Depth: depths[i])).Where(rule => rule.Pattern is not null)
                .Distinct().OrderBy(rule => !rule.Pattern!.Any(char.IsAsciiDigit))
                .Select(rule => new ParameterRule(rule.Pattern!) { LearningRateFactor = Math.Pow(decay, rule.Depth) }),
        ];
    }

    /// <summary>Returns the number of layers above each parameter: 0 for the last layer and what comes after it.</summary>
    /// <param name="parameters">The parameters.</param>
    internal static int[] Depths(IReadOnlyList<Parameter> parameters)
    {
        var layers = parameters.Select(parameter => LayerOf(parameter.Name)?.Index).ToArray();
        var count = (layers.Max() ?? -1) + 1;
        return
        [
            .. parameters.Select((parameter, i) =>
                layers[i] is { } layer ? count - 1 - layer : EmbeddingOf(parameter.Name) is null ? 0 : count),
        ];
    }

    private static string? PatternOf(string parameter) =>
        LayerOf(parameter) is { } layer ? string.Create(CultureInfo.InvariantCulture, $"*{layer.Name}.{layer.Index}.*")
        : EmbeddingOf(parameter) is { } name ? $"*{name}.*"
        : null;

    private static string? EmbeddingOf(string parameter) =>
        EmbeddingNames.FirstOrDefault(name => parameter.Contains(name + ".", StringComparison.Ordinal));

    // The parameters of losses, and of networks of virtual tokens, have numbers too.
    private static (string Name, int Index)? LayerOf(string parameter) =>
        !parameter.StartsWith("loss.", StringComparison.Ordinal) && !parameter.Contains("prompt_encoder.", StringComparison.Ordinal)
        && Layer().Match(parameter) is { Success: true } match
            ? (match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
            : null;

    [GeneratedRegex(@"\.?([A-Za-z_]+)\.(\d{1,6})(?=\.)", RegexOptions.CultureInvariant)]
    private static partial Regex Layer();
}
