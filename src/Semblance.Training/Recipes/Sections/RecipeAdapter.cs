using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Adapters;

namespace Semblance.Training.Recipes;

/// <summary>Represents the adapter of a recipe, <c>adapter</c>, which is trained in place of the model's own parameters.</summary>
internal sealed class RecipeAdapter
{
    private static readonly string[] Common = ["method", "merge", "base", "modules-to-save"];
    private static readonly string[] OfLayers = [.. Common, "targets", "exclude", "layers"];

    private readonly ITrainableModel _model;
    private readonly bool _merges;

    private RecipeAdapter(ITrainableModel model, Adapter adapter, bool merges)
    {
        (_model, Adapter, _merges) = (model, adapter, merges);
        Allocator = adapter.Config is AdaLoraConfig ? new RankAllocator(adapter) : null;
    }

    /// <summary>Gets the adapter, which is attached to the model.</summary>
    public Adapter Adapter { get; }

    /// <summary>Gets the allocator of the ranks; <see langword="null"/> unless the method is AdaLoRA.</summary>
    public RankAllocator? Allocator { get; }

    /// <summary>Gets the action that writes the merged model; <see langword="null"/> to write the adapter.</summary>
    public Action<string, DType>? Save => _merges ? SaveMerged : null;

    /// <summary>Creates the adapter and attaches it.</summary>
    /// <param name="node">
    /// The name of a method, or a mapping with <c>method</c> and settings; <see langword="null"/> for no adapter.
    /// </param>
    /// <param name="model">The model.</param>
    /// <param name="begun">The node of the initial model.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="steps">The number of training steps.</param>
    public static RecipeAdapter? Create(RecipeNode? node, ITrainableModel model, RecipeNode begun, int seed, long steps)
    {
        if (node is null)
        {
            return null;
        }

        var settings = node.IsMapping ? node : null;
        var merges = settings?.Find("merge")?.Flag() ?? false;
        var named = begun.IsMapping ? begun.Find("folder")?.Text() : begun.Text();
        if (named is null && !merges)
        {
            throw node.Fault("an adapter needs the 'folder' of the model that it belongs to; for a new model, add 'merge: true'.");
        }

        try
        {
            var config = Config(node, settings, steps) with
            {
                BaseModel = settings?.Find("base")?.Text() ?? named,
                TaskType = model.OutputKind switch
                {
                    ModelOutputKind.Logits or ModelOutputKind.TextLogits => "SEQ_CLS",
                    ModelOutputKind.TokenLogits => "TOKEN_CLS",
                    ModelOutputKind.SpanLogits => "QUESTION_ANS",
                    ModelOutputKind.SequenceLogits => "SEQ_2_SEQ_LM",
                    _ => "FEATURE_EXTRACTION",
                },
                ModulesToSave = Texts(settings, "modules-to-save"),
            };
            return merges && !config.CanMerge
                ? throw node.Fault($"an adapter {config.PeftType} cannot be merged; leave 'merge' out.")
                : new RecipeAdapter(model, model.AddAdapter(config, seed), merges);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw node.Fault(e.Message);
        }
    }

    /// <summary>Returns the parameters to train.</summary>
    public IReadOnlyList<Parameter> Trained(IReadOnlyList<Parameter> parameters) => Adapter.SelectTrained(parameters);

    private void SaveMerged(string folder, DType weights)
    {
        Adapter.Merge();
        try
        {
            _model.Save(folder, weights);
        }
        finally
        {
            Adapter.Restore();
        }
    }

    private static AdapterConfig Config(RecipeNode node, RecipeNode? settings, long steps)
    {
        var method = settings is null ? node.Text() : settings.Get("method").Text();
        return method switch
        {
            "lora" => Lora(settings),
            "adalora" => AdaLora(settings, steps),
            "ia3" => Targeted(Only(settings, [.. OfLayers, "feed-forward"]),
                new Ia3Config { FeedForward = Selector(settings, "feed-forward") }),
            "layer-norm" => Targeted(Only(settings, OfLayers), new LayerNormTuningConfig()),
            "bias" => Biases(settings),
            "houlsby" => Bottleneck(settings, feedForwardOnly: false),
            "pfeiffer" => Bottleneck(settings, feedForwardOnly: true),
            "prompt" => Prompt(settings, encoded: false),
            "p-tuning" => Prompt(settings, encoded: true),
            "prefix" => Prefix(settings),
            _ => throw (settings?.Get("method") ?? node).Fault(
                $"there is no adapter '{method}'; there are lora, adalora, ia3, layer-norm, bias, houlsby, pfeiffer, prompt, p-tuning "
                + "and prefix."),
        };
    }

    private static LoraConfig Lora(RecipeNode? node)
    {
        Only(
            node,
            [
                .. OfLayers, "rank", "alpha", "dropout", "bias", "rslora", "dora", "initial", "rank-pattern", "alpha-pattern",
            ]);
        var rank = node?.Find("rank")?.Number(1, 1 << 16) ?? 8;
        return Targeted(node, new LoraConfig
        {
            Rank = rank,
            Alpha = node?.Find("alpha")?.Number(0f, 1e6f) ?? rank,
            Dropout = node?.Find("dropout")?.Number(0f, 0.99f) ?? 0,
            Bias = node?.Find("bias")?.OneOf(("none", AdapterBias.None), ("all", AdapterBias.All), ("lora-only", AdapterBias.LoraOnly))
                ?? AdapterBias.None,
            UseRsLora = node?.Find("rslora")?.Flag() ?? false,
            UseDora = node?.Find("dora")?.Flag() ?? false,
            Initialization = node?.Find("initial")?.OneOf(
                ("kaiming", LoraInitialization.Kaiming), ("gaussian", LoraInitialization.Gaussian))
                ?? LoraInitialization.Kaiming,
            RankPattern = node?.Find("rank-pattern")?.Entries()
                .ToDictionary(entry => entry.Key, entry => entry.Value.Number(1, 1 << 16)) ?? [],
            AlphaPattern = node?.Find("alpha-pattern")?.Entries()
                .ToDictionary(entry => entry.Key, entry => entry.Value.Number(0f, 1e6f)) ?? [],
        });
    }

    private static AdaLoraConfig AdaLora(RecipeNode? node, long steps)
    {
        Only(
            node,
            [
                .. OfLayers, "initial-rank", "target-rank", "alpha", "dropout", "initial-steps", "final-steps", "every", "beta1", "beta2",
                "orthogonality",
            ]);
        return Targeted(node, new AdaLoraConfig
        {
            InitialRank = node?.Find("initial-rank")?.Number(1, 1 << 16) ?? 12,
            TargetRank = node?.Find("target-rank")?.Number(1, 1 << 16) ?? 8,
            Alpha = node?.Find("alpha")?.Number(0f, 1e6f) ?? 8,
            Dropout = node?.Find("dropout")?.Number(0f, 0.99f) ?? 0,
            InitialSteps = Steps("initial-steps"),
            FinalSteps = Steps("final-steps"),
            Interval = node?.Find("every")?.Count() ?? 1,
            Beta1 = node?.Find("beta1")?.Number(0.001f, 0.9999f) ?? 0.85f,
            Beta2 = node?.Find("beta2")?.Number(0.001f, 0.9999f) ?? 0.85f,
            OrthogonalityWeight = node?.Find("orthogonality")?.Number(0f, 1e6f) ?? 0.5f,
            TotalSteps = checked((int)steps),
        });

        // A number of steps, or a fraction of all.
        int Steps(string key) => node?.Find(key)?.Number(0.0, steps) is not { } number ? 0 : (int)(number < 1 ? number * steps : number);
    }

    private static BiasTuningConfig Biases(RecipeNode? node)
    {
        Only(node, Common);
        return new BiasTuningConfig();
    }

    private static BottleneckConfig Bottleneck(RecipeNode? node, bool feedForwardOnly) => Targeted(
        Only(node, [.. OfLayers, "size"]),
        new BottleneckConfig { Size = node?.Find("size")?.Number(1, 1 << 16) ?? 48, FeedForwardOnly = feedForwardOnly });

    private static PromptConfig Prompt(RecipeNode? node, bool encoded)
    {
        Only(node, [.. Common, "tokens", encoded ? "size" : "initial"]);
        return new PromptConfig
        {
            VirtualTokens = node?.Find("tokens")?.Number(1, 4096) ?? 20,
            EncoderSize = encoded ? node?.Find("size")?.Number(1, 1 << 16) ?? 128 : null,
            SamplesVocabulary = !encoded && (node?.Find("initial")?.OneOf(("vocabulary", true), ("random", false)) ?? true),
        };
    }

    private static PrefixConfig Prefix(RecipeNode? node)
    {
        Only(node, [.. Common, "tokens", "size"]);
        return new PrefixConfig
        {
            VirtualTokens = node?.Find("tokens")?.Number(1, 4096) ?? 20,
            EncoderSize = node?.Find("size")?.Number(1, 1 << 16),
        };
    }

    private static T Targeted<T>(RecipeNode? node, T config)
        where T : LayerAdapterConfig => config with
        {
            Targets = Selector(node, "targets"),
            Excluded = Selector(node, "exclude"),
            LayersToTransform = [.. node?.Find("layers")?.Items().Select(item => item.Number(0, 4096)) ?? []],
        };

    private static RecipeNode? Only(RecipeNode? node, string[] keys) => node?.Only(keys);

    // A list of names, or a regular expression, or all-linear.
    private static ModuleSelector? Selector(RecipeNode? node, string key) => node?.Find(key) is not { } value ? null
        : value.Yaml is YamlDotNet.RepresentationModel.YamlSequenceNode ? ModuleSelector.Named(Texts(node, key))
        : ModuleSelector.Matching(value.Text());

    private static IReadOnlyList<string> Texts(RecipeNode? node, string key) => [.. node?.Find(key)?.Items().Select(item =>
        item.Text()) ?? []];
}
