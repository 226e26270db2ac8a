using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;
using Semblance.Transformers.Tasks;

namespace Semblance.Modules;

/// <summary>
/// Represents the first module of most models: a tokenizer and a transformer, which compute one vector for each token of a text.
/// </summary>
public sealed class TransformerModule : InputModule
{
    // The model families each gave the file another name.
    private static readonly string[] SettingsFiles =
    [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
        "sentence_albert_config.json", "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
    ];

    private static readonly string[] TokenizerFiles =
    [
        "tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "spm.model", "sentencepiece.bpe.model", "tokenizer.model",
    ];

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("do_lower_case", "document_length", "max_seq_length", "modality_config",
            "model_args", "model_kwargs", "processing_kwargs", "query_expansion", "query_length")

        // These select how the original computes; the class of the model determines its purpose.
        .Ignored("backend", "transformer_task", "unpad_inputs")
        .Unsupported("module_output_name", "token_embeddings, scores and causal_logits, each for its kind of model",
            "\"token_embeddings\"", "\"scores\"", "\"causal_logits\"")
        .Unsupported("config_args", "the transformer's own config.json", "{}", """{"trust_remote_code": true}""")
        .Unsupported("config_kwargs", "the transformer's own config.json", "{}", """{"trust_remote_code": true}""")
        .Unsupported("processor_kwargs", "the tokenizer's own files", "{}", """{"trust_remote_code": true}""")
        .Unsupported("tokenizer_args", "the tokenizer's own files", "{}", """{"trust_remote_code": true}""")
        .Unsupported("tokenizer_name_or_path", "the tokenizer of the same folder");

    // These select how from_pretrained of the original finds the weights and computes with them.
    private static readonly KnownKeys ModelKeys = new KnownKeys()
        .Ignored(
            "add_pooling_layer", "attn_implementation", "cache_dir", "code_revision", "device_map",
            "dtype", "experts_implementation", "local_files_only", "low_cpu_mem_usage", "max_memory",
            "offload_folder", "revision", "token", "torch_dtype", "trust_remote_code", "unpad_inputs",
            "use_flash_attention_2", "use_memory_efficient_attention", "use_safetensors", "weights_only")
        .Unsupported("gguf_file", "safetensors and PyTorch files")
        .Unsupported("load_in_4bit", "weights of float32, float16 or bfloat16", "false")
        .Unsupported("load_in_8bit", "weights of float32, float16 or bfloat16", "false")
        .Unsupported("quantization_config", "weights of float32, float16 or bfloat16", "{}")
        .Unsupported("subfolder", "weights in the module's own folder", "\"\"")
        .Unsupported("variant", "model.safetensors and pytorch_model.bin");

    // The output of the model that the original uses: its hidden states, or the logits of its head.
    private static readonly KnownKeys ModalityKeys = new KnownKeys().Supported("message", "text")
        .Ignored("audio", "image", "image+text", "text+image", "video");

    private static readonly KnownKeys TextKeys = new KnownKeys()
        .Unsupported("method", "forward", "\"forward\"")
        .Unsupported("method_output_name", "last_hidden_state, logits", "\"last_hidden_state\"", "\"logits\"");

    private static readonly KnownKeys ProcessingKeys = new KnownKeys()
        .Supported("chat_template")
        .Ignored("audio", "image", "video")
        .Unsupported("common", "the tokenizer's own files", "{}")
        .Unsupported("text", "the tokenizer's own files", "{}");

    private ConfigurationFile? _settings;

    /// <summary>Initializes a new instance of the <see cref="TransformerModule"/> class.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="transformer">The transformer.</param>
    /// <param name="maxSequenceLength">The maximum sequence length in tokens; null for the maximum that both support.</param>
    /// <param name="lowerCase">
    /// <see langword="true"/> to convert texts to lower case before tokenization; otherwise, <see langword="false"/>, the default.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The tokenizer has more token ids than the transformer, or the length is not supported.
    /// </exception>
    public TransformerModule(Tokenizer tokenizer, Transformer transformer, int? maxSequenceLength = null, bool lowerCase = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(transformer);
        if (tokenizer.VocabularySize > transformer.VocabularySize)
        {
            throw new ArgumentException($"The tokenizer has {tokenizer.VocabularySize} ids, but the transformer has only "
                + $"{transformer.VocabularySize}; they do not belong to the same model.", nameof(tokenizer));
        }

        var longest = Math.Min(transformer.MaxPositions, maxSequenceLength ?? tokenizer.ModelMaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1, nameof(maxSequenceLength));
        Tokenizer = tokenizer;
        Transformer = transformer;
        MaxSequenceLength = longest;
        LowerCase = lowerCase;
        Warnings = tokenizer.Warnings;
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Transformer";

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <summary>Gets the transformer.</summary>
    public Transformer Transformer { get; }

    /// <inheritdoc/>
    public override Transformer Body => Transformer;

    /// <inheritdoc/>
    internal override AdaptableModel Adaptable => AdaptableModel.Of(Transformer);

    /// <inheritdoc/>
    public override int VocabularySize => Tokenizer.VocabularySize;

    /// <inheritdoc/>
    public override int MaxSequenceLength { get; }

    /// <summary>Gets a value that indicates whether texts are converted to lower case before tokenization.</summary>
    public bool LowerCase { get; }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (shape.TokenWidth, shape.LayerCount, shape.VocabularySize) = (Transformer.HiddenSize, Transformer.LayerCount, VocabularySize);
    }

    /// <summary>
    /// Loads the module from a folder with a transformer, its tokenizer and, if present, <c>sentence_bert_config.json</c>.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable"><see langword="true"/> to load parameters that can be trained; otherwise, <see langword="false"/>.</param>
    /// <exception cref="FormatException">A file is damaged, or the files do not fit together.</exception>
    public static TransformerModule Load(string folder, bool trainable = false) =>
        Load(folder, source => AdaptableModel.Of(Transformer.Load(source, trainable)));

    /// <summary>Loads the module with the transformer of a model that also has a head.</summary>
    /// <returns>The module, and the model that its transformer belongs to.</returns>
    internal static (TransformerModule Module, TaskModel Model) LoadTask(string folder, bool trainable)
    {
        TaskModel? model = null;
        var module = Load(folder, source => AdaptableModel.Of(model = TaskModel.Load(source, trainable)));
        return (module, model!);
    }

    /// <summary>Throws if settings have separate lengths for queries and documents, which only late interaction supports.</summary>
    /// <exception cref="ModelFormatException">The settings of a transformer have one.</exception>
    internal static void RefuseTaskLengths(IEnumerable<Module> modules)
    {
        foreach (var settings in modules.OfType<TransformerModule>().Select(module => module._settings).OfType<ConfigurationFile>())
        {
            if (Array.Find(["query_length", "document_length", "query_expansion"], key => settings.Find(key) is not null) is { } key)
            {
                throw settings.Fault(key, $"is {settings.Find(key)!.Value.GetRawText()}, which is not supported for this kind of model; "
                    + "supported: max_seq_length, and lengths by task in late-interaction models");
            }
        }
    }

    /// <summary>Returns a module with the same tokenizer and maximum length but another transformer; the length is saved with it.</summary>
    internal TransformerModule With(Transformer transformer)
    {
        var settings = JsonElement.Parse(
            $$"""{"max_seq_length": {{MaxSequenceLength}}, "do_lower_case": {{(LowerCase ? "true" : "false")}}}""");
        return new(Tokenizer, transformer, MaxSequenceLength, LowerCase) { _settings = ConfigurationFile.Of(SettingsFiles[0], settings) };
    }

    /// <summary>Returns a module with the same tokenizer and transformer but another maximum length.</summary>
    internal TransformerModule WithMaxLength(int length) => new(Tokenizer, Transformer, length, LowerCase) { Warnings = Warnings };

    // Returns the settings that sentence-transformers has for the transformer, or null.
    internal static ConfigurationFile? Settings(string folder)
    {
        if (SettingsFiles.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is not { } path)
        {
            return null;
        }

        var settings = ConfigurationFile.Read(path).Check(Keys);
        settings.Section("modality_config")?.Check(ModalityKeys).Section("text")?.Check(TextKeys);
        settings.Section("processing_kwargs")?.Check(ProcessingKeys);
        settings.Section("model_args")?.Check(ModelKeys);
        settings.Section("model_kwargs")?.Check(ModelKeys);
        return settings;
    }

    private static TransformerModule Load(string folder, Func<string, AdaptableModel> load)
    {
        // The folder of an adapter has no weights, and perhaps no tokenizer.
        var source = AdapterBase.TransformerOf(folder);
        var texts = source == folder || TokenizerFiles.Any(name => File.Exists(Path.Combine(folder, name))) ? folder : source;

        // On a thread of its own while the weights are loaded: for a small model it is a third of the time.
        var reading = Task.Factory.StartNew(() => Tokenizer.Load(texts), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var model = load(source);
        if (source != folder)
        {
            Adapter.Load(folder, model).Attach();
        }

        var transformer = model.Body;
        var tokenizer = reading.GetAwaiter().GetResult().LimitVocabulary(transformer.VocabularySize);
        var settings = Settings(folder) ?? Settings(source);
        var length = settings?.Find("max_seq_length") is null ? (int?)null : settings.WholeNumber("max_seq_length", 1, int.MaxValue);
        if (tokenizer.VocabularySize > transformer.VocabularySize)
        {
            throw new ModelFormatException(folder, $"the tokenizer has {tokenizer.VocabularySize} ids, but the transformer has only "
                + $"{transformer.VocabularySize}; the files do not belong to the same model.");
        }

        return new TransformerModule(tokenizer, transformer, length, settings?.Flag("do_lower_case", false) ?? false)
        {
            _settings = settings,
            Warnings =
            [
                .. tokenizer.Warnings, .. transformer.Warnings, .. settings?.Warnings ?? [], .. transformer.Adapter?.Config.Warnings ?? [],
            ],
        };
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.Batch = Transformer.WithVirtualTokens(run, features.Batch);
        features.TokenEmbeddings = Transformer.Forward(run, features.Batch, features.HiddenStates);
    }

    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text) => Tokenize(Prepare(text), null, MaxSequenceLength);

    /// <inheritdoc/>
    internal override int Tokenize(string text, int maxLength, TokenBuffer tokens)
    {
        Tokenizer.Encode(Prepare(text), null, maxLength, specialTokens: true, tokens);
        return text.Length - text.AsSpan().TrimStart().Length;
    }

    /// <summary>Tokenizes a text with another maximum length than the module's.</summary>
    internal TokenizedText Tokenize(string text, int maxLength) => Tokenize(Prepare(text), null, maxLength);

    /// <summary>Tokenizes a pair of texts, whose white space at the ends is kept as in the original.</summary>
    internal TokenizedText TokenizePair(string text, string pair) => Tokenize(text, pair, MaxSequenceLength);

    // Tokenizes the result of a template, which has its special tokens.
    internal TokenizedText TokenizeWhole(string text, int maxLength) =>
        NeverEmpty(Tokenize(Tokenizer, text, maxLength, specialTokens: false));

    private TokenizedText Tokenize(string text, string? pair, int maxLength) =>
        NeverEmpty(Tokenize(Tokenizer, text, maxLength, specialTokens: true, pair));

    // A transformer does not accept a text without tokens.
    private TokenizedText NeverEmpty(TokenizedText tokenized) =>
        tokenized.Ids.Length > 0 ? tokenized : tokenized with { Ids = [Tokenizer.PaddingId ?? 0] };

    /// <inheritdoc/>
    public override int CountPromptTokens(string prompt)
    {
        // Without the special token that ends a text.
        var encoding = Tokenizer.Encode(Prepare(prompt));
        var count = Math.Min(encoding.Count, MaxSequenceLength);
        return count > 0 && encoding.SpecialTokensMask[^1] == 1 ? count - 1 : count;
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => Transformer.Parameters();

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        SaveWeights(Transformer, folder, weights, Transformer.Save);
        SaveText(folder);
    }

    /// <summary>
    /// Writes the weights of a model, or, as sentence-transformers does, only the adapter that is attached to it and not merged.
    /// </summary>
    internal static void SaveWeights(Transformer body, string folder, DType weights, Action<string, DType> save)
    {
        if (body.Adapter is { IsMerged: false } adapter)
        {
            adapter.Save(folder, weights);
        }
        else
        {
            save(folder, weights);
        }
    }

    // Writes the settings that sentence-transformers had for the transformer, if any.
    internal void SaveSettings(string folder)
    {
        if (_settings is not null)
        {
            JsonFile.Write(Path.Combine(folder, SettingsFiles[0]), _settings.Root.WriteTo);
        }
    }

    /// <summary>Writes the tokenizer and the settings.</summary>
    internal void SaveText(string folder)
    {
        Tokenizer.Save(folder);
        JsonFile.Write(Path.Combine(folder, SettingsFiles[0]), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("max_seq_length", MaxSequenceLength);
            json.WriteBoolean("do_lower_case", LowerCase);
            json.WriteEndObject();
        });
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"Transformer({Transformer.ModelType}, {Transformer.LayerCount} layers, hidden {Transformer.HiddenSize}, at most "
            + $"{MaxSequenceLength} tokens)";

    /// <summary>Returns the text to tokenize: as in the original, without white space at its ends.</summary>
    private string Prepare(string text)
    {
        var trimmed = text.Trim();
        return LowerCase ? trimmed.ToLowerInvariant() : trimmed;
    }
}
