using Semblance.Checkpoints;
using Semblance.Cli;
using Semblance.Modules;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Fuzzing;

/// <summary>The kinds of model folders, and the command that is given one.</summary>
internal static class ModelTargets
{
    // What a folder that lacks a file or is none may be told, beside faults of its files.
    private static readonly Type[] Allowed =
        [typeof(ModelFormatException), typeof(CheckpointFormatException), typeof(TokenizerFormatException), typeof(FileNotFoundException), typeof(DirectoryNotFoundException)];

    private static readonly string[] Transformers = ["models/gemma3-bidirectional", "models/llama-rope-llama3", "models/mistral-rope-yarn", "models/nomic-bert", "models/qwen3", "models/bert"];

    private static readonly FuzzInput[] TransformerSeeds = [.. Transformers.Select(Seed)];

    private static readonly HashSet<byte[]> Weights = [.. TransformerSeeds.Select(seed => seed["model.safetensors"])]; // as they are, by reference

    /// <summary>One target for each.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Target("sentence-transformer", folder => SentenceTransformer.Load(folder).Encode("hello world"), "st/cls-dense", "st/multi-pool-layernorm", "st/prompts-dot", "st/prompts-excluded"),
        Target("cross-encoder", folder => CrossEncoder.Load(folder).Predict("hello", "world"), "st/cross-encoder", "st/cross-encoder-nli"),
        Target("sparse-encoder", folder => SparseEncoder.Load(folder).Encode(["hello world"]), "st/splade"),
        new("transformer", TransformerSeeds, Forward, Allowed) { BytesPerByte = 512, Share = 0.5 },
        Target("task-model", folder => Semblance.Transformers.Tasks.TaskModel.Load(folder), "models/bert-mlm", "models/bert-seqcls", "models/bert-tokcls"),
        Target("CNN", folder => CNNModule.Load(folder), "modules/cnn"),
        Target("LSTM", folder => LSTMModule.Load(folder), "modules/lstm", "modules/lstm-bidirectional-2"),
        Target("WeightedLayerPooling", folder => WeightedLayerPoolingModule.Load(folder), "modules/weighted-layers"),
        Target("WordWeights", folder => WordWeightsModule.Load(folder), "modules/word-weights"),
        new(
            "command",
            [.. new[] { "st/cls-dense", "st/multi-pool-layernorm" }.Select(Seed)],
            input =>
            {
                Run("", "info", "--model", input.Folder);
                Run("hello world\n", "encode", "--model", input.Folder);
            }) { BytesPerByte = 1024, Share = 0.1 },
    ];

    private static FuzzTarget Target(string name, Action<string> use, params string[] fixtures) =>
        new(name, [.. fixtures.Select(Seed)], input => use(input.Folder), Allowed) { BytesPerByte = 512, Share = 0.5 };

    // Good weights give numbers, whatever the settings.
    private static void Forward(FuzzInput input)
    {
        var transformer = Transformer.Load(input.Folder);
        using var run = new Tensors.Computation();
        var hidden = transformer.Forward(run, Tensors.PackedBatch.From([[1, 2, 3, 4]]));
        if (Weights.Contains(input["model.safetensors"]) && hidden.Values.ToArray().Any(value => !float.IsFinite(value)))
        {
            throw new InvalidOperationException("a result that is not finite");
        }
    }

    // Recorded results are no part of a model.
    private static FuzzInput Seed(string fixture) => new(FuzzInput.Read(Fixtures.Own(fixture)).Files
        .Where(file => !Path.GetFileName(file.Key).StartsWith("expected", StringComparison.Ordinal) && Path.GetExtension(file.Key) != ".py").ToDictionary());

    private static void Run(string text, params string[] arguments)
    {
        var error = new StringWriter();
        var code = CommandLine.RunAsync(arguments, new Host(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), Stream.Null, error)).GetAwaiter().GetResult();
        if (code is not (CommandLine.Done or CommandLine.Failed) || error.ToString().Contains("Please report this", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {code}: {error}");
        }
    }
}
