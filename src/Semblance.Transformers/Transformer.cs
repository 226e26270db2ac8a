using System.Buffers;
using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Tensors;
using Semblance.Transformers.Albert;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Clip;
using Semblance.Transformers.Deberta;
using Semblance.Transformers.Decoders;
using Semblance.Transformers.DistilBert;
using Semblance.Transformers.Electra;
using Semblance.Transformers.Gpt2;
using Semblance.Transformers.Layers;
using Semblance.Transformers.ModernBert;
using Semblance.Transformers.MPNet;
using Semblance.Transformers.NomicBert;
using Semblance.Transformers.Roberta;
using Semblance.Transformers.T5;

namespace Semblance.Transformers;

/// <summary>The body of a transformer: token ids to hidden states. Immutable, and safe for all threads.</summary>
public abstract class Transformer
{
    internal static IReadOnlyDictionary<string, Architecture> Architectures { get; } = new Dictionary<string, Architecture>(StringComparer.Ordinal)
    {
        ["albert"] = new("albert.", AlbertModel.Create),
        ["bert"] = new("bert.", BertModel.Create),
        ["camembert"] = new("roberta.", RobertaModel.Create),
        ["clip_text_model"] = LayeredTransformer.Architecture("", (config, weights) => new ClipTextModel(config, weights)),
        ["deberta"] = new("deberta.", DebertaModel.Create),
        ["deberta-v2"] = new("deberta.", DebertaV2Model.Create),
        ["distilbert"] = new("distilbert.", DistilBertModel.Create),
        ["electra"] = new("electra.", ElectraModel.Create),
        ["gemma"] = LayeredTransformer.Architecture("model.", (config, weights) => new DecoderModel(config, weights)),
        ["gemma3_text"] = LayeredTransformer.Architecture("model.", (config, weights) => new DecoderModel(config, weights)),
        ["gpt2"] = LayeredTransformer.Architecture("transformer.", (config, weights) => new Gpt2Model(config, weights)),
        ["llama"] = LayeredTransformer.Architecture("model.", (config, weights) => new DecoderModel(config, weights)),
        ["mistral"] = LayeredTransformer.Architecture("model.", (config, weights) => new DecoderModel(config, weights)),
        ["modernbert"] = LayeredTransformer.Architecture("model.", (config, weights) => new ModernBertModel(config, weights)),
        ["mpnet"] = new("mpnet.", MPNetModel.Create),
        ["nomic_bert"] = LayeredTransformer.Architecture("bert.", (config, weights) => new NomicBertModel(config, weights)),
        ["qwen2"] = LayeredTransformer.Architecture("model.", (config, weights) => new DecoderModel(config, weights)),
        ["qwen3"] = LayeredTransformer.Architecture("model.", (config, weights) => new DecoderModel(config, weights)),
        ["roberta"] = new("roberta.", RobertaModel.Create),
        ["t5"] = new("", T5Model.Create),
        ["xlm-roberta"] = new("roberta.", RobertaModel.Create),
    };

    private readonly ConfigurationFile? _source;

    private protected Transformer(string modelType, ConfigurationFile? source)
    {
        ModelType = modelType;
        _source = source;
    }

    /// <summary>The architecture's name in <c>config.json</c>, such as <c>bert</c>.</summary>
    public string ModelType { get; }

    /// <summary>Gets what <c>config.json</c> says that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => _source?.Warnings ?? [];

    /// <summary>The width of a hidden state.</summary>
    public abstract int HiddenSize { get; }

    /// <summary>The number of layers.</summary>
    public abstract int LayerCount { get; }

    /// <summary>The number of token ids that the model knows.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The longest sequence that the model takes, special tokens included.</summary>
    public abstract int MaxPositions { get; }

    /// <summary>The number of parameters of the body.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>How many multiplications one token costs in matrix products with weights.</summary>
    public abstract long MultiplicationsPerToken { get; }

    /// <summary>What stands before the names of the body's parameters in a file that has a head too.</summary>
    internal virtual string WeightPrefix => ModelType + ".";

    /// <summary>Loads the body of the model in a folder; a task head in the file is left alone.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="trainable">Gives the model parameters of its own, which training can change, instead of the mapped file's.</param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">The architecture is unknown, or configuration and weights do not fit.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static Transformer Load(string folder, bool trainable = false) =>
        Load(ConfigurationFile.OfModel(folder), folder, trainable, continues: false, out _);

    /// <summary>A body that has learned nothing, to be trained or to measure speed with.</summary>
    /// <param name="architecture">A <c>model_type</c>, such as <c>modernbert</c>; one of <see cref="NewConfiguration.Architectures"/>.</param>
    /// <param name="sizes">Its sizes.</param>
    /// <param name="seed">The same seed gives the same parameters.</param>
    /// <exception cref="ArgumentException">The architecture is unknown, or the sizes do not fit it.</exception>
    public static Transformer CreateRandom(string architecture, ModelSizes sizes, int seed)
    {
        var config = NewConfiguration.Create(architecture, sizes);
        try
        {
            return ArchitectureOf(config).Create(config, new RandomWeights(seed, HasPooler(architecture), architecture.StartsWith("gemma", StringComparison.Ordinal) ? 0 : 1), true);
        }
        catch (ModelFormatException e)
        {
            throw new ArgumentException(e.Message, nameof(sizes), e);
        }
    }

    /// <summary>
    /// The body with parameters of its own, copies of these, for a classifier of sequences: the configuration says so, and a pooler that only the
    /// classifier needs begins with random weights where there is none.
    /// </summary>
    internal Transformer ForClassification(ConfigurationFile config, int seed)
    {
        var own = new TensorWeights(Parameters(), shared: false);
        var architecture = ArchitectureOf(config);
        return architecture.Create(config, ModelType is "albert" or "bert" ? new LayeredWeights(own, new RandomWeights(seed), own) : own, true);
    }

    private static bool HasPooler(string architecture) => architecture is "albert" or "bert" or "camembert" or "mpnet" or "roberta" or "xlm-roberta";

    /// <summary>The last hidden states of a batch.</summary>
    /// <param name="run">The computation; it owns what is returned.</param>
    /// <param name="batch">The tokens.</param>
    /// <param name="hiddenStates">Filled with the embedding output and the output of each layer, unless null.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">A token id, type or position is outside the model's tables.</exception>
    public abstract Tensor Forward(Computation run, PackedBatch batch, IList<Tensor>? hiddenStates = null);

    /// <summary>What the architecture's pooler makes of the last hidden states, <c>[sequences × hidden]</c>, or null where there is none.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>.</param>
    /// <param name="batch">The tokens.</param>
    public abstract Tensor? Pool(Computation run, Tensor hidden, PackedBatch batch);

    /// <summary>All parameters under the names of the original, for saving.</summary>
    public abstract IEnumerable<Parameter> Parameters();

    /// <summary>Writes <c>model.safetensors</c>, and <c>config.json</c> as it was loaded, where it was, but for the type of the weights.</summary>
    /// <param name="folder">The folder, made if need be; both files are replaced in one step, and weights of other names are removed.</param>
    /// <param name="weights">The type that parameters are written in, <see cref="DType.F32"/> or <see cref="DType.F16"/>.</param>
    /// <exception cref="ArgumentException">Weights cannot be written as that type.</exception>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; it is named.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in Parameters())
        {
            writer.Add(name, tensor, weights);
        }

        AtomicFolder.Write(folder, IsOwnFile, written =>
        {
            writer.Save(Path.Combine(written, "model.safetensors"));
            SaveConfiguration(written, weights);
        });
    }

    /// <summary>Whether a file of a model's folder is one of weights or their configuration.</summary>
    internal static bool IsOwnFile(string name) => name == "config.json" || Checkpoint.IsFileName(name);

    /// <summary>Writes <c>config.json</c>.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="weights">The type that parameters are written in.</param>
    /// <param name="withHead">Whether the weights have the head that the configuration names.</param>
    internal void SaveConfiguration(string folder, DType weights, bool withHead = false)
    {
        using var file = new AtomicFile(Path.Combine(folder, "config.json"));
        using (var json = new Utf8JsonWriter(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            WriteConfiguration(json, weights, withHead);
        }

        file.Commit();
    }

    private void WriteConfiguration(Utf8JsonWriter json, DType weights, bool withHead)
    {
        json.WriteStartObject();
        var typed = false;
        foreach (var field in Configuration().EnumerateObject())
        {
            if (field.Name is "torch_dtype" or "dtype") // the older name and the newer
            {
                json.WriteString(field.Name, NameOf(weights));
                typed = true;
            }
            else if (withHead || !(field.NameEquals("architectures") && NamesHead(field.Value)))
            {
                field.WriteTo(json);
            }
        }

        if (!typed)
        {
            json.WriteString("torch_dtype", NameOf(weights));
        }

        json.WriteEndObject();
    }

    // What is written is the body alone: a class with a head, such as BertForMaskedLM, would ask for more.
    private static bool NamesHead(JsonElement architectures) =>
        architectures.ToString() is var names && (names.Contains("For", StringComparison.Ordinal) || names.Contains("LMHead", StringComparison.Ordinal));

    internal JsonElement Configuration()
    {
        if (_source is not null)
        {
            return _source.Root;
        }

        var written = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written))
        {
            WriteConfiguration(json);
        }

        return JsonElement.Parse(written.WrittenSpan);
    }

    private static string NameOf(DType weights) => weights == DType.F16 ? "float16" : "float32";

    /// <summary>Writes the settings of a model that was not loaded from a file.</summary>
    protected abstract void WriteConfiguration(Utf8JsonWriter json);

    // The weights are handed out for a head to take its own from; while they continue, the body may be made of stand-ins.
    internal static Transformer Load(ConfigurationFile config, string folder, bool trainable, bool continues, out CheckpointWeights weights)
    {
        var architecture = ArchitectureOf(config);
        weights = new CheckpointWeights(Checkpoint.Open(folder), architecture.Prefix, trainable) { Continues = continues };
        return architecture.Create(config, weights, trainable);
    }

    private static Architecture ArchitectureOf(ConfigurationFile config)
    {
        var modelType = config.Text("model_type");
        return modelType is not null && Architectures.TryGetValue(modelType, out var architecture)
            ? architecture
            : throw config.Fault("model_type", $"is {(modelType is null ? "missing" : $"'{modelType}'")}; architectures that can be loaded are {string.Join(", ", Architectures.Keys)}");
    }
}
