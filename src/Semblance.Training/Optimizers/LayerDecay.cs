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
        var layers = parameters.Select(parameter => Layer().Match(parameter.Name)).Where(match => match.Success)
            .Select(match => (Name: match.Groups[1].Value, Index: int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))
            .Distinct().ToArray();
        var count = layers.Length == 0 ? 0 : layers.Max(layer => layer.Index) + 1;
        var embeddings = EmbeddingNames.Where(name => parameters.Any(parameter => IsEmbedding(parameter.Name, name)));
        return
        [
            .. layers.Select(layer => new ParameterRule(string.Create(CultureInfo.InvariantCulture, $"*{layer.Name}.{layer.Index}.*"))
            {
                LearningRateFactor = Math.Pow(decay, count - 1 - layer.Index),
            }),
            .. embeddings.Select(name => new ParameterRule($"*{name}.*") { LearningRateFactor = Math.Pow(decay, count) }),
        ];
    }

    private static bool IsEmbedding(string parameter, string name) =>
        parameter.Contains(name + ".", StringComparison.Ordinal) && !Layer().IsMatch(parameter);

    [GeneratedRegex(@"\.?([A-Za-z_]+)\.(\d{1,6})(?=\.)", RegexOptions.CultureInvariant)]
    private static partial Regex Layer();
}
