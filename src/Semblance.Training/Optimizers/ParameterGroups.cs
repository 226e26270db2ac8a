using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Provides the grouping of a model's parameters.</summary>
public static class ParameterGroups
{
    /// <summary>Groups parameters by weight decay and learning rate factor.</summary>
    /// <remarks>
    /// Biases and the weights of norms, which have fewer than two dimensions, have no weight decay, as in the training of GPT-2.
    /// </remarks>
    /// <param name="parameters">The parameters, with unique names.</param>
    /// <param name="weightDecay">The weight decay of the other parameters.</param>
    /// <param name="rules">The rules; the first rule that matches a parameter's name applies.</param>
    /// <returns>The groups, without the parameters that a rule freezes.</returns>
    /// <exception cref="ArgumentException">
    /// A rule applies to no parameter: its pattern is mistyped, or an earlier rule matches the same names.
    /// </exception>
    public static IReadOnlyList<ParameterGroup> From(
        IReadOnlyCollection<Parameter> parameters, double weightDecay = 0, params IReadOnlyList<ParameterRule> rules)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rules);
        var ruled = parameters
            .Select(parameter => (Parameter: parameter, Rule: rules.FirstOrDefault(rule => rule.Matches(parameter.Name))))
            .ToArray();
        if (rules.Except(ruled.Select(pair => pair.Rule)).FirstOrDefault() is { } idle)
        {
            throw new ArgumentException(
                $"The rule '{idle.Pattern}' applies to no parameter; the names are like "
                + $"{string.Join(", ", parameters.Take(3).Select(parameter => parameter.Name))}, and the first rule that matches applies.",
                nameof(rules));
        }

        return
        [
            .. ruled
                .Where(pair => pair.Rule is not { Frozen: true })
                .GroupBy(pair => (
                    Decay: pair.Rule?.WeightDecay ?? (Decays(pair.Parameter) ? weightDecay : 0),
                    Factor: pair.Rule?.LearningRateFactor ?? 1))
                .Select(
                    group => new ParameterGroup([.. group.Select(pair => pair.Parameter)])
                    {
                        WeightDecay = group.Key.Decay,
                        LearningRateFactor = group.Key.Factor,
                    }),
        ];
    }

    private static bool Decays(Parameter parameter) => parameter.Value.Shape.Length >= 2;
}
