using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Sorts a model's parameters into groups.</summary>
public static class ParameterGroups
{
    /// <summary>
    /// Groups parameters by how they are trained. Biases and the weights of norms are not decayed: parameters of fewer than
    /// two dimensions, as in GPT-2's training, which decays what takes part in matrix products and lookups.
    /// </summary>
    /// <param name="parameters">The parameters; no two have the same name.</param>
    /// <param name="weightDecay">The weight decay of the others.</param>
    /// <param name="rules">For each parameter the first rule that matches its name holds.</param>
    /// <returns>The groups; parameters that a rule freezes are in none.</returns>
    /// <exception cref="ArgumentException">A rule matches no parameter: its pattern is mistyped, or an earlier rule hides it.</exception>
    public static IReadOnlyList<ParameterGroup> From(IReadOnlyCollection<Parameter> parameters, double weightDecay = 0, params IReadOnlyList<ParameterRule> rules)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rules);
        var ruled = parameters.Select(parameter => (Parameter: parameter, Rule: rules.FirstOrDefault(rule => rule.Matches(parameter.Name)))).ToArray();
        if (rules.Except(ruled.Select(pair => pair.Rule)).FirstOrDefault() is { } idle)
        {
            throw new ArgumentException(
                $"The rule '{idle.Pattern}' decides on no parameter; the names are like {string.Join(", ", parameters.Take(3).Select(parameter => parameter.Name))}, and the first rule that matches decides.",
                nameof(rules));
        }

        return
        [
            .. ruled
                .Where(pair => pair.Rule is not { Frozen: true })
                .GroupBy(pair => (Decay: pair.Rule?.WeightDecay ?? (Decays(pair.Parameter) ? weightDecay : 0), Factor: pair.Rule?.LearningRateFactor ?? 1))
                .Select(group => new ParameterGroup([.. group.Select(pair => pair.Parameter)]) { WeightDecay = group.Key.Decay, LearningRateFactor = group.Key.Factor }),
        ];
    }

    private static bool Decays(Parameter parameter) => parameter.Value.Shape.Length >= 2;
}
