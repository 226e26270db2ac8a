using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Tasks;

/// <summary>
/// Represents a whole model as <c>config.json</c> names it under <c>architectures</c>: a body and, if the task has one, a head.
/// </summary>
public sealed class TaskModel
{
    private readonly ModelParameters _own;

    private TaskModel(Transformer body, ConfigurationFile config, ModelParameters own, TaskHead? head, Decoder? decoder = null)
    {
        Body = body;
        Config = config;
        _own = own;
        Head = head;
        Decoder = decoder;
    }

    /// <summary>Gets the transformer.</summary>
    public Transformer Body { get; }

    /// <summary>Gets the settings that the model was loaded with: its <c>config.json</c>.</summary>
    public ConfigurationFile Config { get; }

    /// <summary>Gets one sentence for each setting of <c>config.json</c> that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings => Config.Warnings;

    /// <summary>Gets the head that computes the logits; <see langword="null"/> if there is only a body, or a decoder.</summary>
    public TaskHead? Head { get; }

    /// <summary>
    /// Gets the class that the configuration names under <c>architectures</c>, such as <c>BertForSequenceClassification</c>; empty if it
    /// names none.
    /// </summary>
    public string Architecture => Config.Texts("architectures") is [var first, ..] ? first : "";

    /// <summary>Gets a value that indicates whether the model computes logits.</summary>
    public bool HasHead => Head is not null || HasDecoder;

    /// <summary>Gets the decoder; <see langword="null"/> if there is none.</summary>
    public Decoder? Decoder { get; }

    /// <summary>Gets the task of the head; <see cref="TaskKind.None"/> if there is only a body.</summary>
    public TaskKind Task => Body.Architecture.ClassOf(Config)?.Task ?? TaskKind.None;

    /// <summary>Gets the parameters of the head or of the decoder that do not belong to the body.</summary>
    public IEnumerable<Parameter> HeadParameters => _own.All;

    /// <summary>Gets the layers of the head or of the decoder by their names in the checkpoint.</summary>
    public IReadOnlyDictionary<string, Layer> HeadLayers => _own.Layers;

    /// <summary>
    /// Gets the modules that <see cref="Create(Transformer, TaskKind, IReadOnlyList{string}, int, string?, bool)"/> initialized randomly: those
    /// of the head, and the pooler if the body had none. An adapter has to save them.
    /// </summary>
    public IReadOnlyList<string> NewModules { get; private init; } = [];

    /// <summary>Gets a value that indicates whether the model has a decoder, whose tokens <see cref="Forward"/> then requires.</summary>
    public bool HasDecoder => Decoder is not null;

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; <see langword="false"/>, the default, to map the
    /// file.
    /// </param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">
    /// The architecture or its head is unknown, or configuration and weights do not match.
    /// </exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static TaskModel Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.OfModel(folder);
        var architecture = Architectures.Of(config);
        var weights = new CheckpointWeights(Checkpoint.Open(folder), architecture.Prefix, trainable) { Continues = true };
        var body = architecture.Load(config, weights);
        var model = Create(body, config, weights);
        weights.Continues = false;
        weights.Check();
        return model;
    }

    /// <summary>Creates a model with the head that its configuration names, from weights of any source.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="weights">The weights.</param>
    /// <exception cref="ModelFormatException">The configuration and the weights do not match.</exception>
    public static TaskModel Load(ConfigurationFile configuration, Weights weights)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(weights);
        var model = Create(Architectures.Of(configuration).Load(configuration, weights), configuration, weights);
        weights.Check();
        return model;
    }

    /// <summary>Creates a sequence classifier with a randomly initialized head on a copy of a body; it can be trained.</summary>
    /// <param name="body">The body, which is not changed.</param>
    /// <param name="labels">The names of the classes.</param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ArgumentException">There is no label.</exception>
    /// <exception cref="ModelFormatException">The architecture has no head for sequence classification.</exception>
    public static TaskModel CreateClassifier(Transformer body, IReadOnlyList<string> labels, int seed) =>
        Create(body, TaskKind.SequenceClassification, labels, seed);

    /// <summary>Creates a model with a randomly initialized head on a copy of a body; it can be trained.</summary>
    /// <param name="body">The body, which is not changed.</param>
    /// <param name="task">
    /// <see cref="TaskKind.SequenceClassification"/>, <see cref="TaskKind.TokenClassification"/> or
    /// <see cref="TaskKind.QuestionAnswering"/>.
    /// </param>
    /// <param name="labels">The names of the classes; empty for question answering.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="problem">
    /// The <c>problem_type</c> of a sequence classifier, such as <c>multi_label_classification</c>; <see langword="null"/> for none.
    /// </param>
    /// <param name="shared">
    /// <see langword="true"/> to share the parameters of the body, for training several heads together; <see langword="false"/>, the
    /// default, to copy them.
    /// </param>
    /// <exception cref="ArgumentException">A classifier has no label, or the same label twice.</exception>
    /// <exception cref="ModelFormatException">The architecture has no head for the task.</exception>
    public static TaskModel Create(
        Transformer body, TaskKind task, IReadOnlyList<string> labels, int seed, string? problem = null, bool shared = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0 && task != TaskKind.QuestionAnswering)
        {
            throw new ArgumentException("A classifier needs at least one label.", nameof(labels));
        }

        var config = WithClass(body, task, Purpose(task), json =>
        {
            foreach (var stale in (ReadOnlySpan<string>)["id2label", "label2id", "num_labels", "problem_type"])
            {
                json.Remove(stale);
            }

            if (labels.Count > 0)
            {
                json["id2label"] = new JsonObject(
                    labels.Select((label, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)label)));
                json["label2id"] = new JsonObject(labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i)));
            }

            if (problem is not null)
            {
                json["problem_type"] = problem;
            }
        });
        var own = new TensorWeights(body.Parameters(), shared);
        var needsPooler = body.Architecture.ClassOf(config)!.NeedsPooler;
        var copy = body.Architecture.Load(
            config, needsPooler ? new LayeredWeights(own, new RandomWeights(seed), own) : own);
        var model = Create(copy, config, new RandomWeights(seed + 1, pooler: false));
        return new TaskModel(model.Body, config, model._own, model.Head)
        {
            NewModules = [.. copy.Layers.Keys.Except(body.Layers.Keys).Concat(model.HeadLayers.Keys)
                .Select(name => name.Split('.')[0]).Distinct()],
        };
    }

    /// <summary>Creates a masked language model with a randomly initialized head on a body, which it shares; both can be trained.</summary>
    /// <param name="body">The body, whose table of word embeddings the head shares if the original does.</param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ArgumentException">The architecture has no masked language model head.</exception>
    public static TaskModel CreateMaskedLanguageModel(Transformer body, int seed)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Create(body, MaskedLanguageModelOf(body), new RandomWeights(seed), optional: false);
    }

    /// <summary>
    /// Creates a model that generates texts, with a randomly initialized decoder on a copy of an encoder; it can be trained.
    /// </summary>
    /// <param name="body">The encoder, which is not changed.</param>
    /// <param name="startToken">The id of the token that the decoder begins with.</param>
    /// <param name="endToken">The id of the token that ends a text.</param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ModelFormatException">The architecture has no decoder for the generation of texts.</exception>
    public static TaskModel CreateGenerator(Transformer body, int startToken, int endToken, int seed)
    {
        ArgumentNullException.ThrowIfNull(body);
        var config = WithClass(body, TaskKind.ConditionalGeneration, "generates texts", json =>
            json.With(("decoder_start_token_id", startToken), ("eos_token_id", endToken), ("is_encoder_decoder", true)));
        var copy = body.Architecture.Load(config, new TensorWeights(body.Parameters(), shared: false));
        return Create(copy, config, body.Architecture.NewWeights(config, seed, pooler: false));
    }

    /// <summary>Loads the masked language model head of a folder, for training with a body.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="body">The body, of the same sizes; usually of the same folder.</param>
    /// <returns>The model, which shares the body; <see langword="null"/> if the folder has only a body.</returns>
    /// <exception cref="ArgumentException">The architecture has no masked language model head.</exception>
    /// <exception cref="ModelFormatException">The sizes of the head do not match the body.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static TaskModel? LoadMaskedLanguageModel(string folder, Transformer body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var weights = new CheckpointWeights(Checkpoint.Open(folder), body.Architecture.Prefix, writable: true);
        var isTied = ConfigurationFile.OfModel(folder).Flag("tie_word_embeddings", true);
        return CreateMaskedLanguageModel(body, 0).HeadParameters.Any(parameter => weights.Contains(parameter.Name))
            ? Create(body, MaskedLanguageModelOf(body), weights, optional: !isTied)
            : null;
    }

    /// <summary>Packs the weights of body and decoder; otherwise their first use does it.</summary>
    /// <param name="compute">The compute type. <see cref="ComputeType.Float32"/> by default.</param>
    /// <exception cref="ModelFormatException">A weight is not finite, which int8 cannot represent.</exception>
    public void Prepare(ComputeType compute = ComputeType.Float32)
    {
        Body.Prepare(compute);
        _own.Prepare(compute);
    }

    /// <summary>Returns all parameters under the names of the original: the body's with its prefix, and the head's.</summary>
    public IEnumerable<Parameter> Parameters() =>
        Body.Parameters().Select(parameter => parameter with { Name = Body.Architecture.Prefix + parameter.Name }).Concat(_own.All);

    /// <summary>
    /// Writes <c>model.safetensors</c>, body and head or decoder, and <c>config.json</c> as it was loaded except for the type of the
    /// weights.
    /// </summary>
    /// <param name="folder">
    /// The folder, which is created if necessary; both files are replaced in one step, and weights of other names are removed.
    /// </param>
    /// <param name="weights">
    /// The type of the written parameters: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </param>
    /// <exception cref="CheckpointFormatException">A parameter is too large for float16; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) =>
        ModelFiles.Save(folder, Parameters(), Config, weights, withHead: true);

    /// <summary>Computes the outputs of a batch.</summary>
    /// <param name="run">The computation; it owns the results.</param>
    /// <param name="batch">The tokens.</param>
    /// <param name="decoderBatch">The decoder's tokens, if the model has a decoder.</param>
    /// <returns>
    /// The outputs under the original's names: <c>hidden_states.0</c> (the embeddings) and up, <c>last_hidden_state</c>,
    /// <c>pooler_output</c> if there is a pooler, <c>logits</c> if there is a head, and <c>start_logits</c> and <c>end_logits</c> of
    /// question answering. Rows are tokens or sequences. With a decoder, <c>encoder_last_hidden_state</c> belongs to the encoder, and
    /// <c>decoder_hidden_states.N</c> and <c>logits</c> belong to the decoder's tokens.
    /// </returns>
    public IReadOnlyDictionary<string, Tensor> Forward(Computation run, PackedBatch batch, PackedBatch? decoderBatch = null)
    {
        var states = new List<Tensor>();
        var hidden = Body.Forward(run, batch, states);
        var outputs = new Dictionary<string, Tensor>();
        for (var i = 0; i < states.Count; i++)
        {
            outputs[$"hidden_states.{i}"] = states[i];
        }

        if (Decoder is not null)
        {
            outputs["encoder_last_hidden_state"] = hidden;
            Decode(Decoder, run, hidden, batch, decoderBatch, outputs);
            return outputs;
        }

        outputs["last_hidden_state"] = hidden;
        if (Body.Pool(run, hidden, batch) is { } pooled)
        {
            outputs["pooler_output"] = pooled;
        }

        Head?.AddOutputs(outputs, run, hidden, batch);

        return outputs;
    }

    // Returns the configuration of a body with the class of a task.
    private static ConfigurationFile WithClass(Transformer body, TaskKind task, string does, Action<JsonObject>? change = null)
    {
        var config = body.Configuration;
        var json = JsonObject.Create(config.Root)!;
        json["architectures"] = new JsonArray(body.Architecture.ClassFor(task)?.Name
            ?? throw config.Fault(
                "model_type", $"is '{body.ModelType}', which has no head that {does}; architectures that have one are {WithTask(task)}"));
        change?.Invoke(json);
        return ConfigurationFile.Of(config.Path, JsonElement.Parse(json.ToJsonString()));
    }

    private static string Purpose(TaskKind task) => task switch
    {
        TaskKind.SequenceClassification => "classifies sequences",
        TaskKind.TokenClassification => "classifies tokens",
        TaskKind.QuestionAnswering => "finds answers",
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "A head of this task cannot be created on a body."),
    };

    private static string WithTask(TaskKind task) =>
        string.Join(
            ", ",
            Architectures.All.Where(architecture => architecture.ClassFor(task) is not null)
                .Select(architecture => architecture.ModelType));

    private static ConfigurationFile MaskedLanguageModelOf(Transformer body) =>
        body.Architecture.ClassFor(TaskKind.MaskedLanguageModel) is null
            ? throw new ArgumentException(
                $"The architecture '{body.ModelType}' has no head that predicts masked tokens; those that have one are "
                + $"{WithTask(TaskKind.MaskedLanguageModel)}.", nameof(body))
            : WithClass(body, TaskKind.MaskedLanguageModel, "predicts masked tokens");

    // Creates the class that the configuration names, for a body.
    private static TaskModel Create(Transformer body, ConfigurationFile config, Weights weights, bool optional = true)
    {
        var own = new ModelParameters(weights, optional);
        var known = body.Architecture.ClassOf(config);
        var decoder = known?.CreateDecoder?.Invoke(body, config, own);
        return new TaskModel(body, config, own, known?.CreateHead?.Invoke(body, config, own.Group(uses: 0)), decoder);
    }

    private static void Decode(
        Decoder decoder, Computation run, Tensor encoded, PackedBatch batch, PackedBatch? decoderBatch, Dictionary<string, Tensor> outputs)
    {
        if (decoderBatch is null)
        {
            throw new ArgumentException(
                "The model has a decoder, but no tokens for it were given: decoder_input_ids are missing.", nameof(decoderBatch));
        }

        var states = new List<Tensor>();
        var hidden = decoder.Forward(run, decoderBatch, encoded, batch, states);
        for (var i = 0; i < states.Count; i++)
        {
            outputs[$"decoder_hidden_states.{i}"] = states[i];
        }

        outputs["logits"] = decoder.Logits(run, hidden);
    }

    /// <summary>
    /// Returns the number of labels of a classifier: the number of names in <c>id2label</c>, otherwise <c>num_labels</c>, otherwise 2.
    /// </summary>
    /// <param name="config">The configuration.</param>
    /// <exception cref="ModelFormatException">The number is invalid.</exception>
    public static int LabelCount(ConfigurationFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var count = config.WholeNumber("num_labels", 1, 1 << 20, 2);
        if (config.Section("id2label") is not { } labels)
        {
            return count;
        }

        var named = labels.Root.EnumerateObject().Count();
        if (config.Find("num_labels") is not null && count != named)
        {
            config.Warn($"'num_labels' is {count}, but 'id2label' names {named} labels; the number is ignored.");
        }

        return named > 0 ? named : throw config.Fault("id2label", "is empty; expected a name for each label");
    }

    /// <summary>
    /// Returns the names of the labels of a classifier, in their order: those in <c>id2label</c>, otherwise <c>LABEL_0</c> and so on.
    /// </summary>
    /// <param name="config">The configuration.</param>
    /// <exception cref="ModelFormatException">The number of labels, or the number of a name, is invalid.</exception>
    public static IReadOnlyList<string> LabelNames(ConfigurationFile config)
    {
        var names = Enumerable.Range(0, LabelCount(config)).Select(i => $"LABEL_{i}").ToArray();
        foreach (var label in config.Section("id2label")?.Root.EnumerateObject().ToArray() ?? [])
        {
            if (!int.TryParse(label.Name, CultureInfo.InvariantCulture, out var id) || id < 0
                || id >= names.Length || label.Value.ValueKind != JsonValueKind.String)
            {
                throw config.Fault("id2label", $"has '{label.Name}'; expected a name for each number from 0 to {names.Length - 1}");
            }

            names[id] = label.Value.GetString()!;
        }

        return names;
    }
}
