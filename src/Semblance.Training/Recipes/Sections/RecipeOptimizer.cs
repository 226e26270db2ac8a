using Semblance.Tensors;

namespace Semblance.Training.Recipes;

/// <summary>Creates the optimizer and the learning rate schedule of a recipe.</summary>
internal static class RecipeOptimizer
{
    private static readonly string[] AdamSettings = ["weight-decay", "beta1", "beta2", "epsilon", "amsgrad", "rules", "layer-decay"];

    /// <summary>Creates the optimizer of some parameters; AdamW with a weight decay of 0.01 by default.</summary>
    public static Optimizer Create(RecipeNode? node, IReadOnlyList<Parameter> parameters)
    {
        if (node is null)
        {
            return new AdamW(ParameterGroups.From(parameters, 0.01));
        }

        var (name, settings) = node.Named();
        return name switch
        {
            "AdamW" => new AdamW(Groups(settings.Only(AdamSettings), parameters, 0.01))
            {
                Beta1 = Rate(settings, "beta1", 0.9),
                Beta2 = Rate(settings, "beta2", 0.999),
                Epsilon = Epsilon(settings),
                AmsGrad = Flag(settings, "amsgrad"),
            },
            "Adam" => new Adam(Groups(settings.Only(AdamSettings), parameters, 0))
            {
                Beta1 = Rate(settings, "beta1", 0.9),
                Beta2 = Rate(settings, "beta2", 0.999),
                Epsilon = Epsilon(settings),
                AmsGrad = Flag(settings, "amsgrad"),
            },
            "SGD" => new SGD(Groups(settings.Only("weight-decay", "momentum", "nesterov", "rules"), parameters, 0))
            {
                Momentum = Rate(settings, "momentum", 0),
                Nesterov = Flag(settings, "nesterov"),
            },
            "RMSprop" => new RMSprop(Groups(settings.Only("weight-decay", "alpha", "epsilon", "rules"), parameters, 0))
            {
                Alpha = Rate(settings, "alpha", 0.99),
                Epsilon = Epsilon(settings),
            },
            "Adagrad" => new Adagrad(Groups(settings.Only("weight-decay", "epsilon", "rules"), parameters, 0))
            {
                Epsilon = settings.Find("epsilon")?.Positive() ?? 1e-10,
            },
            "Adafactor" => new Adafactor(Groups(settings.Only("weight-decay", "relative-step", "scale-parameter", "rules"), parameters, 0))
            {
                RelativeStep = Flag(settings, "relative-step"),
                ScaleParameter = settings.Find("scale-parameter")?.Flag() ?? true,
            },
            _ => throw node.Fault($"there is no optimizer '{name}'; there are AdamW, Adam, SGD, RMSprop, Adagrad, Adafactor."),
        };
    }

    /// <summary>
    /// Creates the schedule from <c>rate</c> and <c>schedule</c>, with its shape and warm-up, a fraction of all steps or a number of steps.
    /// </summary>
    public static LearningRateSchedule Schedule(RecipeNode recipe, long steps)
    {
        var rate = recipe.Get("rate").Positive();
        if (recipe.Find("schedule") is not { } node)
        {
            return new LinearSchedule(rate, steps, (long)(0.1 * steps));
        }

        var (name, settings) = node.Named();
        var warmup = settings.Find("warmup")?.Number(0.0, steps) ?? 0.1;
        var warmupSteps = warmup < 1 ? (long)(warmup * steps) : (long)warmup;
        return name switch
        {
            "constant" => new ConstantSchedule(rate, Warmup("warmup")),
            "linear" => new LinearSchedule(rate, steps, Warmup("warmup")),
            "cosine" => new CosineSchedule(rate, steps, Warmup("warmup")),
            "cosine-with-restarts" => new CosineWithRestartsSchedule(rate, steps, Warmup("warmup", "cycles"))
            {
                Cycles = settings.Find("cycles")?.Count() ?? 1,
            },
            "polynomial" => new PolynomialSchedule(rate, steps, Warmup("warmup", "power", "end-rate"))
            {
                Power = settings.Find("power")?.Positive() ?? 1,
                EndRate = settings.Find("end-rate")?.Number(0.0, rate) ?? 0,
            },
            "inverse-square-root" => new InverseSquareRootSchedule(rate, Warmup("warmup")),
            _ => throw node.Fault(
                $"there is no schedule '{name}'; there are constant, linear, cosine, cosine-with-restarts, "
                + "polynomial, inverse-square-root."),
        };

        long Warmup(params string[] keys)
        {
            settings.Only(keys);
            return warmupSteps;
        }
    }

    /// <summary>Creates the averaging of the parameters from <c>ema</c> or <c>average</c>.</summary>
    public static WeightAveraging? Averaging(RecipeNode recipe, long steps)
    {
        var (ema, average) = (recipe.Find("ema"), recipe.Find("average"));
        if (ema is null || average is null)
        {
            return ema is not null ? new WeightAveraging { Decay = ema.Number(0.0, 1.0) }
                : average is not null ? Mean(average.IsMapping ? average.Only("from", "every") : null)
                : null;
        }

        throw average.Fault("the parameters are averaged by 'ema' or by 'average', not by both.");

        WeightAveraging Mean(RecipeNode? settings) => new()
        {
            After = (long)((settings?.Get("from") ?? average).Number(0.0, 0.999) * steps),
            Every = settings?.Find("every")?.Count() ?? 1,
        };
    }

    private static IReadOnlyList<ParameterGroup> Groups(RecipeNode node, IReadOnlyList<Parameter> parameters, double decay) =>
        ParameterGroups.From(
            parameters, node.Find("weight-decay")?.Number(0.0, 1e3) ?? decay,
            [
                .. node.Find("rules")?.Items().Select(Rule) ?? [],
                .. node.Find("layer-decay") is { } layers ? LayerDecay.Rules(parameters, layers.Number(1e-6, 1.0)) : [],
            ]);

    private static ParameterRule Rule(RecipeNode node)
    {
        node.Only("pattern", "rate-factor", "weight-decay", "frozen");
        return new ParameterRule(node.Get("pattern").Text())
        {
            LearningRateFactor = node.Find("rate-factor")?.Number(0.0, 1e6) ?? 1,
            WeightDecay = node.Find("weight-decay")?.Number(0.0, 1e3),
            Frozen = Flag(node, "frozen"),
        };
    }

    private static double Rate(RecipeNode node, string key, double usual) => node.Find(key)?.Number(0.0, 1.0) ?? usual;

    private static double Epsilon(RecipeNode node) => node.Find("epsilon")?.Positive() ?? 1e-8;

    private static bool Flag(RecipeNode node, string key) => node.Find(key)?.Flag() ?? false;
}
