using System.Reflection;
using Semblance.Files.Json;
using Semblance.Generation;
using Semblance.Modules;
using Semblance.Transformers;
using Semblance.Words;
using Module = Semblance.Modules.Module;

namespace Semblance.Tests.Modules;

/// <summary>The lists of keys of the modules' files and of the files beside them: what is said to be supported is read, what is unsupported is refused, the rest is named.</summary>
public class ModuleKeysTests
{
    // What no reader of a number, a text, a flag, a list or a section takes.
    private const string Wrong = "[[{}]]";

    private const string Cls = "st/cls-dense";

    // For each class with a list: a folder that loads, the file, and how it is loaded.
    private static readonly Dictionary<string, (string Fixture, string File, Func<string, IReadOnlyList<string>> Load)> Readers = new()
    {
        ["BoWModule.Keys"] = ("", "config.json", folder => BoWModule.Load(folder).Warnings),
        ["CNNModule.Keys"] = ("", "cnn_config.json", folder => CNNModule.Load(folder).Warnings),
        ["CrossEncoderConfig.Keys"] = ("st/cross-encoder", "config_sentence_transformers.json", folder => CrossEncoder.Load(folder).Warnings),
        ["DenseModule.Keys"] = (Cls, "2_Dense/config.json", folder => SentenceTransformer.Load(folder).Warnings),
        ["DropoutModule.Keys"] = ("", "config.json", folder => DropoutModule.Load(folder).Warnings),
        ["GenerationConfig.GreedyKeys"] = ("", "generation_config.json", folder => GenerationConfig.Load(folder).Warnings),
        ["GenerationConfig.Keys"] = ("", "generation_config.json", folder => GenerationConfig.Load(folder).Warnings),
        ["GenerationConfig.SamplingKeys"] = ("", "generation_config.json", folder => GenerationConfig.Load(folder).Warnings),
        ["LSTMModule.Keys"] = ("", "lstm_config.json", folder => LSTMModule.Load(folder).Warnings),
        ["LayerNormModule.Keys"] = ("st/multi-pool-layernorm", "2_LayerNorm/config.json", folder => SentenceTransformer.Load(folder).Warnings),
        ["MultiVectorConfig.Keys"] = ("", "config_sentence_transformers.json", folder => MultiVectorConfig.Load(folder, isColbert: false).Warnings),
        ["MultiVectorConfig.HeadKeys"] = ("", MultiVectorHead.ConfigFile, folder => MultiVectorConfig.LoadHead(Path.Combine(folder, MultiVectorHead.ConfigFile)).Config.Warnings),
        ["MultiVectorMaskModule.Keys"] = ("", "config.json", folder => MultiVectorMaskModule.Load(folder).Warnings),
        ["NormalizeModule.Keys"] = ("", "config.json", folder => NormalizeModule.Load(folder).Warnings),
        ["PhraseTokenizer.Keys"] = ("", "phrasetokenizer_config.json", folder => PhraseTokenizer.Load(folder).Warnings),
        ["PoolingModule.Keys"] = (Cls, "1_Pooling/config.json", folder => SentenceTransformer.Load(folder).Warnings),
        ["RouterModule.Keys"] = ("", "router_config.json", folder => RouterModule.Load(folder).Warnings),
        ["SentenceTransformerConfig.Keys"] = (Cls, "config_sentence_transformers.json", folder => SentenceTransformer.Load(folder).Warnings),
        ["SparseAutoEncoderModule.Keys"] = ("", "config.json", folder => SparseAutoEncoderModule.Load(folder).Warnings),
        ["SpladePoolingModule.Keys"] = ("st/splade", "1_SpladePooling/config.json", folder => SparseEncoder.Load(folder).Warnings),
        ["TransformerModule.Keys"] = (Cls, "sentence_bert_config.json", folder => SentenceTransformer.Load(folder).Warnings),
        ["WeightedLayerPoolingModule.Keys"] = ("", "config.json", folder => WeightedLayerPoolingModule.Load(folder).Warnings),
        ["WhitespaceTokenizer.Keys"] = ("", "whitespacetokenizer_config.json", folder => WhitespaceTokenizer.Load(folder).Warnings),
        ["WordEmbeddingsModule.Keys"] = ("", "wordembedding_config.json", folder => WordEmbeddingsModule.Load(folder).Warnings),
        ["WordWeightsModule.Keys"] = ("", "config.json", folder => WordWeightsModule.Load(folder).Warnings),
    };

    // Lists of sections and of files that other tests change.
    private static readonly string[] Elsewhere =
    [
        "CrossEncoderConfig.SectionKeys", "LogitScore.Keys", "ModuleList.Keys", "MultiVectorConfig.ColbertKeys", "MultiVectorConfig.ExpansionKeys", "RouterModule.ParameterKeys", "SparseStaticEmbeddingModule.Keys", "StaticEmbeddingModule.Keys",
        "TransformerModule.ModalityKeys", "TransformerModule.ModelKeys", "TransformerModule.ProcessingKeys", "TransformerModule.TextKeys",
    ];

    public static TheoryData<string> Names => [.. Readers.Keys];

    [Fact]
    public void Every_list_of_keys_is_walked() => Lists().Keys.Except(Elsewhere).ShouldBe(Readers.Keys, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_key_that_is_supported_is_read(string name)
    {
        var keys = Lists()[name];
        foreach (var key in keys.Names.Where(key => keys.UseOf(key) == KeyUse.Supported && key != "model_type"))
        {
            // Old values would do the rest: what is not in the file is not asked for twice.
            using var folder = Folder(name, out var file);
            File.WriteAllText(file, $$"""{"{{key}}": {{Wrong}}}""");
            foreach (var (other, value) in Needed(name).Where(needed => keys.KeyOf(needed.Key) != keys.KeyOf(key)))
            {
                JsonEdit.Set(file, other, value);
            }

            Should.Throw<FormatException>(() => Readers[name].Load(folder.Path), key).Message.ShouldContain($"'{key}'", customMessage: key);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_key_that_is_not_supported_is_refused_by_name(string name)
    {
        var keys = Lists()[name];
        foreach (var key in keys.Names.Where(key => keys.UseOf(key) == KeyUse.Unsupported))
        {
            using var folder = Folder(name, out var file);
            File.WriteAllText(file, $$"""{"{{key}}": "something", "do_sample": {{(name.Contains("Sampling", StringComparison.Ordinal) ? "true" : "false")}}}""");
            var message = Should.Throw<ModelFormatException>(() => Readers[name].Load(folder.Path), key).Message;
            message.ShouldStartWith(file);
            message.ShouldContain($"'{key}' is \"something\", which is not supported; supported: ");
        }
    }

    [Theory]
    [InlineData(Cls, "2_Dense/config.json")]
    [InlineData(Cls, "1_Pooling/config.json")]
    [InlineData(Cls, "config_sentence_transformers.json")]
    [InlineData(Cls, "sentence_bert_config.json")]
    [InlineData(Cls, "config.json")]
    [InlineData(Cls, "modules.json", "1.pooling")]
    [InlineData("st/multi-pool-layernorm", "2_LayerNorm/config.json")]
    public void A_key_that_nobody_knows_is_named_in_a_warning(string fixture, string file, string key = "pooling")
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own(fixture));
        SentenceTransformer.Load(folder.Path).Warnings.ShouldBeEmpty();
        JsonEdit.Set(folder.Of(file), key, "\"cls\"");
        var warning = SentenceTransformer.Load(folder.Path).Warnings.ShouldHaveSingleItem();
        warning.ShouldStartWith(folder.Of(file) + ": ");
        warning.ShouldContain("'pooling'");
        SentenceTransformer.LoadTrainable(folder.Path).Warnings.ShouldBe([warning]);
    }

    [Theory]
    [InlineData("cross-encoder")]
    [InlineData("cross-encoder-nli")]
    public void A_cross_encoder_warns_too(string fixture)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/" + fixture));
        CrossEncoder.Load(folder.Path).Warnings.ShouldBeEmpty();
        JsonEdit.Set(folder.Of("config.json"), "hiden_act", "\"relu\"");
        CrossEncoder.Load(folder.Path).Warnings.ShouldHaveSingleItem().ShouldContain("'hiden_act'");
    }

    [Theory]
    [InlineData("sentence_bert_config.json", "modality_config.text.method_output_name", "\"pooler_output\"", "in 'modality_config.text', 'method_output_name'")]
    [InlineData("sentence_bert_config.json", "processing_kwargs.text", """{"max_length": 8}""", "in 'processing_kwargs', 'text'")]
    [InlineData("sentence_bert_config.json", "config_kwargs", """{"is_causal": false}""", "'config_kwargs'")]
    [InlineData("sentence_bert_config.json", "model_args", """{"quantization_config": {"load_in_8bit": true}}""", "in 'model_args', 'quantization_config'")]
    [InlineData("sentence_bert_config.json", "model_kwargs", """{"subfolder": "onnx"}""", "in 'model_kwargs', 'subfolder'")]
    [InlineData("sentence_bert_config.json", "module_output_name", "\"words\"", "'module_output_name' is \"words\"")]
    public void A_section_that_is_not_supported_is_refused_with_its_name(string file, string key, string value, string named)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own(Cls));
        JsonEdit.Set(folder.Of(file), "modality_config", """{"text": {"method": "forward", "method_output_name": "last_hidden_state"}}""");
        JsonEdit.Set(folder.Of(file), "processing_kwargs", "{}");
        SentenceTransformer.Load(folder.Path).Warnings.ShouldBeEmpty();
        JsonEdit.Set(folder.Of(file), key, value);
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain(named);
    }

    [Theory]
    [InlineData("model_args")]
    [InlineData("model_kwargs")]
    public void Arguments_of_the_model_that_change_no_result_are_taken_and_others_are_named(string key)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own(Cls));
        JsonEdit.Set(folder.Of("sentence_bert_config.json"), key, """{"add_pooling_layer": false, "torch_dtype": "float16", "attn_implementation": "sdpa", "load_in_8bit": false}""");
        SentenceTransformer.Load(folder.Path).Warnings.ShouldBeEmpty();
        JsonEdit.Set(folder.Of("sentence_bert_config.json"), key, """{"num_hidden_layers": 1}""");
        SentenceTransformer.Load(folder.Path).Warnings.ShouldHaveSingleItem().ShouldContain($"'{key}.num_hidden_layers' is not a known key");
    }

    // As sentence-transformers 6 writes them.
    [Theory]
    [InlineData("cnn", "cnn_config.json", "in_word_embedding_dimension", "in_embedding_dimension")]
    [InlineData("lstm", "lstm_config.json", "word_embedding_dimension", "embedding_dimension")]
    [InlineData("weighted-layers", "config.json", "word_embedding_dimension", "embedding_dimension")]
    public void Renamed_keys_are_read_under_both_names(string fixture, string file, string old, string renamed)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("modules/" + fixture));
        var path = folder.Of(file);
        var before = Load();
        File.WriteAllText(path, File.ReadAllText(path).Replace($"\"{old}\"", $"\"{renamed}\"", StringComparison.Ordinal));
        var after = Load();
        after.ToString().ShouldBe(before.ToString());
        after.Warnings.ShouldBeEmpty();
        JsonEdit.Set(path, old, "77");
        Should.Throw<ModelFormatException>(Load).Message.ShouldContain($"'{old}' is 77, but '{renamed}'");

        Module Load() => fixture switch
        {
            "cnn" => CNNModule.Load(folder.Path),
            "lstm" => LSTMModule.Load(folder.Path),
            _ => WeightedLayerPoolingModule.Load(folder.Path),
        };
    }

    [Fact]
    public void Pooling_keeps_the_order_of_the_newer_form_and_pools_the_mean_where_nothing_is_said()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", """{"embedding_dimension": 4, "pooling_mode": ["max", "cls"]}""");
        var pooling = PoolingModule.Load(folder.Path);
        pooling.PoolingModes.ShouldBe([Semblance.Tensors.Pooling.Max, Semblance.Tensors.Pooling.Cls]);
        pooling.Save(folder.Path);
        PoolingModule.Load(folder.Path).PoolingModes.ShouldBe(pooling.PoolingModes);
        folder.Write("config.json", """{"embedding_dimension": 4}""");
        PoolingModule.Load(folder.Path).PoolingModes.ShouldBe([Semblance.Tensors.Pooling.Mean]);
    }

    [Theory]
    [InlineData("""{"module_input_name": "token_embeddings"}""", true)]
    [InlineData("""{"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}""", false)]
    [InlineData("{}", false)]
    public void Normalize_works_on_the_vectors_that_its_file_names(string config, bool onTokens)
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", config);
        NormalizeModule.Load(folder.Path).OnTokens.ShouldBe(onTokens);
        folder.Write("config.json", """{"module_input_name": "scores"}""");
        Should.Throw<ModelFormatException>(() => NormalizeModule.Load(folder.Path)).Message.ShouldContain("'module_input_name' is 'scores'; supported are");
        folder.Write("config.json", """{"module_output_name": "token_embeddings"}""");
        Should.Throw<ModelFormatException>(() => NormalizeModule.Load(folder.Path)).Message.ShouldContain("'module_output_name' is 'token_embeddings'");
    }

    // What a file needs so that the reader comes to the key in question.
    private static Dictionary<string, string> Needed(string name) => name switch
    {
        "BoWModule.Keys" or "WordWeightsModule.Keys" or "WhitespaceTokenizer.Keys" or "PhraseTokenizer.Keys" => new Dictionary<string, string> { ["vocab"] = """["a"]""" },
        "CNNModule.Keys" => new() { ["in_embedding_dimension"] = "2", ["out_channels"] = "1" },
        "DenseModule.Keys" => new() { ["in_features"] = "32", ["out_features"] = "24" },
        "GenerationConfig.SamplingKeys" => new() { ["do_sample"] = "true" },
        "LSTMModule.Keys" => new() { ["embedding_dimension"] = "2", ["hidden_dim"] = "1" },
        "MultiVectorConfig.Keys" or "MultiVectorConfig.HeadKeys" => new() { ["model_type"] = "\"ColBERT\"" },
        "PoolingModule.Keys" => new() { ["embedding_dimension"] = "32" },
        "RouterModule.Keys" => new() { ["types"] = "{}", ["structure"] = "{}" },
        "SparseAutoEncoderModule.Keys" => new() { ["input_dim"] = "2", ["hidden_dim"] = "2" },
        "WordEmbeddingsModule.Keys" => new() { ["tokenizer_class"] = "\"WhitespaceTokenizer\"" },
        _ => [],
    };

    private static TemporaryFolder Folder(string name, out string file)
    {
        var folder = new TemporaryFolder();
        if (Readers[name].Fixture is { Length: > 0 } fixture)
        {
            folder.With(Fixtures.Own(fixture));
        }

        var weights = new Semblance.Checkpoints.SafetensorsWriter();
        foreach (var (tensor, shape) in new Dictionary<string, int[]>
        {
            ["pre_bias"] = [2],
            ["encoder.weight"] = [2, 2],
            ["latent_bias"] = [2],
            ["layer_weights"] = [9],
            ["emb_layer.weight"] = [1, 2],
            ["convs.0.weight"] = [1, 2, 1],
            ["convs.0.bias"] = [1],
            ["convs.1.weight"] = [1, 2, 3],
            ["convs.1.bias"] = [1],
            ["convs.2.weight"] = [1, 2, 5],
            ["convs.2.bias"] = [1],
        })
        {
            weights.Add(tensor, Semblance.Tensors.Tensor.From(Enumerable.Repeat(1f, shape.Aggregate(1, (a, b) => a * b)).ToArray(), shape), Semblance.Checkpoints.DType.F32);
        }

        if (Readers[name].Fixture.Length == 0)
        {
            weights.Save(folder.Of("model.safetensors"));
            folder.Write("whitespacetokenizer_config.json", """{"vocab": ["a"]}""");
        }

        file = folder.Of(Readers[name].File);
        return folder;
    }

    private static Dictionary<string, KnownKeys> Lists() => typeof(Module).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(field => field.FieldType == typeof(KnownKeys) && !field.Name.StartsWith('<')))
        .ToDictionary(field => $"{field.DeclaringType!.Name}.{field.Name}", field => (KnownKeys)field.GetValue(null)!);
}
