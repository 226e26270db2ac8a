using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Adapters;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests.Adapters;

/// <summary>Tests the files of PEFT: names, shapes and settings.</summary>
public sealed class AdapterFileTests : IDisposable
{
    private const string Prefix = "base_model.model.";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    private string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_LoRA_adapter_of_a_body_has_the_names_and_shapes_of_PEFT()
    {
        var config = new LoraConfig
        {
            Rank = 3,
            Targets = ModuleSelector.Named("query", "word_embeddings"),
            LayersToTransform = [],
            UseRsLora = true,
        };
        Adapter.Create(AdaptableModel.Of(AdapterModels.Body()), config).Save(Folder);
        Shapes().ShouldBe(new Dictionary<string, string>
        {
            [Prefix + "embeddings.word_embeddings.lora_embedding_A"] = "3 20",
            [Prefix + "embeddings.word_embeddings.lora_embedding_B"] = "8 3",
            [Prefix + "encoder.layer.0.attention.self.query.lora_A.weight"] = "3 8",
            [Prefix + "encoder.layer.0.attention.self.query.lora_B.weight"] = "8 3",
            [Prefix + "encoder.layer.1.attention.self.query.lora_A.weight"] = "3 8",
            [Prefix + "encoder.layer.1.attention.self.query.lora_B.weight"] = "8 3",
        }, ignoreOrder: true);
    }

    [Fact]
    public void An_adapter_of_a_classifier_has_the_prefix_of_the_body_and_saves_the_head()
    {
        var model = TaskModel.CreateClassifier(AdapterModels.Body(), ["no", "yes"], 1);
        var config = new LoraConfig { Rank = 2, TaskType = "SEQ_CLS", LayersToTransform = [1], UseDora = true };
        Adapter.Create(AdaptableModel.Of(model), config).Save(Folder);
        Shapes().ShouldBe(new Dictionary<string, string>
        {
            [Prefix + "bert.encoder.layer.1.attention.self.query.lora_A.weight"] = "2 8",
            [Prefix + "bert.encoder.layer.1.attention.self.query.lora_B.weight"] = "8 2",
            [Prefix + "bert.encoder.layer.1.attention.self.query.lora_magnitude_vector"] = "8",
            [Prefix + "bert.encoder.layer.1.attention.self.value.lora_A.weight"] = "2 8",
            [Prefix + "bert.encoder.layer.1.attention.self.value.lora_B.weight"] = "8 2",
            [Prefix + "bert.encoder.layer.1.attention.self.value.lora_magnitude_vector"] = "8",
            [Prefix + "classifier.weight"] = "2 8",
            [Prefix + "classifier.bias"] = "2",
        }, ignoreOrder: true);
    }

    [Fact]
    public void Other_methods_have_the_names_and_shapes_of_PEFT()
    {
        var model = AdaptableModel.Of(AdapterModels.Body());
        Adapter.Create(model, new Ia3Config { LayersToTransform = [0] }).Save(Folder);
        Shapes().ShouldBe(new Dictionary<string, string>
        {
            [Prefix + "encoder.layer.0.attention.self.key.ia3_l"] = "8 1",
            [Prefix + "encoder.layer.0.attention.self.value.ia3_l"] = "8 1",
            [Prefix + "encoder.layer.0.attention.output.dense.ia3_l"] = "1 8",
            [Prefix + "encoder.layer.0.output.dense.ia3_l"] = "1 32",
        }, ignoreOrder: true);

        Adapter.Create(model, new LayerNormTuningConfig { Targets = ModuleSelector.Named("embeddings.LayerNorm") }).Save(Folder);
        Shapes().ShouldBe(new Dictionary<string, string>
        {
            [Prefix + "embeddings.LayerNorm.ln_tuning_layers.weight"] = "8",
            [Prefix + "embeddings.LayerNorm.ln_tuning_layers.bias"] = "8",
        }, ignoreOrder: true);

        Adapter.Create(model, new LoraConfig { Targets = ModuleSelector.Matching(@".*0\.attention\.self\.key"), Bias = AdapterBias.LoraOnly }).Save(Folder);
        Shapes().Keys.ShouldBe(
        [
            Prefix + "encoder.layer.0.attention.self.key.base_layer.bias",
            Prefix + "encoder.layer.0.attention.self.key.lora_A.weight",
            Prefix + "encoder.layer.0.attention.self.key.lora_B.weight",
        ], ignoreOrder: true);

        Adapter.Create(model, new BiasTuningConfig()).Save(Folder);
        Shapes().Keys.ShouldAllBe(name => name.EndsWith(".bias", StringComparison.Ordinal));
        Shapes().Count.ShouldBe(model.Body.Parameters().Count(parameter => parameter.Name.EndsWith(".bias", StringComparison.Ordinal)));
    }

    // The rank r of the scale is the initial one; a mask keeps one of two ranks of one layer.
    [Fact]
    public void The_masks_of_AdaLoRA_keep_ranks_and_their_scale()
    {
        const string Name = "encoder.layer.0.attention.self.query";
        var model = AdaptableModel.Of(AdapterModels.Body());
        var config = new AdaLoraConfig
        {
            InitialRank = 2,
            Alpha = 8,
            Targets = ModuleSelector.Matching(Name.Replace(".", @"\.", StringComparison.Ordinal)),
            RankPattern = new Dictionary<string, IReadOnlyList<bool>> { [Name + ".lora_E"] = [true, false] },
        };
        var cut = AdapterModels.Random(model, config);
        cut.Save(Folder);
        Shapes().ShouldBe(new Dictionary<string, string>
        {
            [Prefix + Name + ".lora_A"] = "1 8",
            [Prefix + Name + ".lora_B"] = "8 1",
            [Prefix + Name + ".lora_E"] = "1 1",
        }, ignoreOrder: true);
        var loaded = Adapter.Load(Folder, model);
        AdapterModels.Values(model.Body, loaded).ShouldBe(AdapterModels.Values(model.Body, cut));

        var values = loaded.Parameters().Select(parameter => parameter.Value.Values.ToArray()).ToArray(); // A, B, E
        var query = (Linear)model.Layers[Name];
        using var run = new Computation { Wrappers = loaded.Wrappers };
        using var plain = new Computation();
        var x = AdapterModels.Tensor(3, 1, 8);
        var (y, base_) = (run.Linear(x, query), plain.Linear(x, query));
        var low = Enumerable.Range(0, 8).Sum(i => (double)values[0][i] * x.Values[i]) * values[2][0] * 8 / (2 + 1e-5);
        for (var i = 0; i < 8; i++)
        {
            ((double)y.Values[i]).ShouldBe(base_.Values[i] + (values[1][i] * low), 1e-5);
        }
    }

    [Fact]
    public void Virtual_tokens_are_one_tensor_without_a_prefix()
    {
        foreach (var size in new int?[] { null, 6 })
        {
            Adapter.Create(AdaptableModel.Of(AdapterModels.Body()), new PromptConfig { VirtualTokens = 4, EncoderSize = size }).Save(Folder);
            Shapes().ShouldBe(new Dictionary<string, string> { ["prompt_embeddings"] = "4 8" });
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, AdapterConfig.FileName)));
            json.RootElement.GetProperty("peft_type").GetString().ShouldBe(size is null ? "PROMPT_TUNING" : "P_TUNING");
            json.RootElement.GetProperty("token_dim").GetInt32().ShouldBe(8);
            json.RootElement.GetProperty("num_layers").GetInt32().ShouldBe(2);
            json.RootElement.GetProperty("num_attention_heads").GetInt32().ShouldBe(2);
        }
    }

    [Fact]
    public void All_linear_layers_are_those_of_the_body()
    {
        var model = TaskModel.CreateClassifier(AdapterModels.Body(), ["no", "yes"], 1);
        var config = new LoraConfig { Targets = ModuleSelector.AllLinear, Excluded = ModuleSelector.Named("pooler.dense") };
        var names = Adapter.Create(AdaptableModel.Of(model), config).LayerNames.ToArray();
        names.Length.ShouldBe(2 * 6);
        names.ShouldContain("bert.encoder.layer.1.intermediate.dense");
    }

    [Fact]
    public void Settings_have_sorted_keys_and_are_read_again()
    {
        var config = new LoraConfig
        {
            Rank = 4,
            Alpha = 16,
            Dropout = 0.1f,
            Bias = AdapterBias.All,
            UseDora = true,
            UseRsLora = true,
            Targets = ModuleSelector.Named("query", "key"),
            Excluded = ModuleSelector.Matching(".*1.*"),
            LayersToTransform = [0, 2],
            LayersPattern = ["layer"],
            RankPattern = new Dictionary<string, int> { ["query"] = 2 },
            AlphaPattern = new Dictionary<string, float> { ["key"] = 2.5f },
            ModulesToSave = ["pooler"],
            BaseModel = "x/y",
            TaskType = "FEATURE_EXTRACTION",
        };
        config.Save(Folder);
        var text = File.ReadAllText(Path.Combine(Folder, AdapterConfig.FileName));
        using var json = JsonDocument.Parse(text);
        string[] keys = [.. json.RootElement.EnumerateObject().Select(member => member.Name)];
        keys.ShouldBe(keys.Order(StringComparer.Ordinal));
        json.RootElement.GetProperty("lora_alpha").GetRawText().ShouldBe("16");
        json.RootElement.GetProperty("lora_dropout").GetRawText().ShouldBe("0.1");
        json.RootElement.GetProperty("fan_in_fan_out").GetBoolean().ShouldBeFalse();

        var read = AdapterConfig.Load(Folder);
        read.Warnings.ShouldBeEmpty();
        read.Save(Folder);
        File.ReadAllText(Path.Combine(Folder, AdapterConfig.FileName)).ShouldBe(text);
    }

    [Fact]
    public void The_settings_that_PEFT_writes_are_read()
    {
        File.WriteAllText(Path.Combine(Folder, AdapterConfig.FileName), """
            {
              "alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null,
              "auto_mapping": {"base_model_class": "BertModel", "parent_library": "transformers.models.bert.modeling_bert"},
              "base_model_name_or_path": "google/bert", "bias": "none", "corda_config": null, "ensure_weight_tying": false,
              "eva_config": null, "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true,
              "layer_replication": null, "layers_pattern": null, "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 16,
              "lora_bias": false, "lora_dropout": 0.05, "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null,
              "peft_type": "LORA", "peft_version": "0.18.0", "qalora_group_size": 16, "r": 8, "rank_pattern": {}, "revision": null,
              "target_modules": ["value", "query"], "target_parameters": null, "task_type": null, "trainable_token_indices": null,
              "use_dora": false, "use_qalora": false, "use_rslora": false, "of_a_later_version": 1
            }
            """);
        var config = (LoraConfig)AdapterConfig.Load(Folder);
        (config.Rank, config.Alpha, config.Dropout, config.BaseModel).ShouldBe((8, 16, 0.05f, "google/bert"));
        config.Targets!.Names.ShouldBe(["value", "query"]);
        config.Warnings.ShouldHaveSingleItem().ShouldContain("'of_a_later_version'");
    }

    [Fact]
    public void A_model_with_a_saved_adapter_has_the_same_bits()
    {
        foreach (var (config, architecture) in AdapterTests.Methods.Concat(AdapterTests.UnmergedMethods))
        {
            var body = AdapterModels.Body(architecture);
            var adapter = AdapterModels.Random(AdaptableModel.Of(body), config);
            adapter.Save(Folder);
            var other = AdapterModels.Body(architecture);
            AdapterModels.Values(other, Adapter.Load(Folder, AdaptableModel.Of(other))).ShouldBe(AdapterModels.Values(body, adapter), config.PeftType);
        }
    }

    [Fact]
    public void The_adapter_of_a_body_fits_the_body_of_a_classifier()
    {
        var body = AdapterModels.Body();
        AdapterModels.Random(AdaptableModel.Of(body), new LoraConfig()).Save(Folder);
        var model = TaskModel.CreateClassifier(body, ["no", "yes"], 1);
        var adapter = Adapter.Load(Folder, AdaptableModel.Of(model));
        adapter.LayerNames.ShouldContain("bert." + AdapterModels.Query);
        AdapterModels.Values(model.Body, adapter).ShouldBe(AdapterModels.Values(body, Adapter.Load(Folder, AdaptableModel.Of(body))));
    }

    [Theory]
    [InlineData("\"LORA\"", "\"OFT\"", "'peft_type' is 'OFT', which is not supported; supported are LORA")]
    [InlineData("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\"", "changes the weights of the base model")]
    [InlineData("\"bias\": \"none\"", "\"bias\": \"some\"", "'bias' is 'some'; expected none, all or lora_only")]
    [InlineData("\"r\": 2", "\"r\": 3", "expected [3, 8]")]
    [InlineData("\"r\": 2", "\"r\": 0", "'r' is 0; expected a whole number")]
    [InlineData("\"query\"", "\"key\"", "'base_model.model.encoder.layer.0.attention.self.key.lora_A.weight' is missing")]
    [InlineData("\"query\"", "\"q_proj\"", "are no layers of the model")]
    [InlineData("\"target_modules\": [", "\"target_modules\": \"(\", \"x\": [", "is not a regular expression")]
    [InlineData("\"query\"", "\"LayerNorm\"", "is a LayerNorm, to which low-rank adaptation cannot be applied")]
    [InlineData("\"modules_to_save\": null", "\"modules_to_save\": [\"head\"]", "has no module 'head' to save")]
    [InlineData("\"use_dora\": false", "\"use_qalora\": true", "'use_qalora' is true, which is not supported")]
    public void Bad_settings_are_one_clear_sentence(string old, string replacement, string message)
    {
        var model = AdaptableModel.Of(AdapterModels.Body());
        Adapter.Create(model, new LoraConfig { Rank = 2, Targets = ModuleSelector.Named("query"), BaseModel = "x/y" }).Save(Folder);
        var path = Path.Combine(Folder, AdapterConfig.FileName);
        var text = File.ReadAllText(path);
        text.ShouldContain(old);
        File.WriteAllText(path, text.Replace(old, replacement, StringComparison.Ordinal));
        Should.Throw<ModelFormatException>(() => Adapter.Load(Folder, model)).Message.ShouldContain(message);
    }

    [Fact]
    public void An_adapter_of_a_wider_model_is_refused()
    {
        Adapter.Create(AdaptableModel.Of(Transformer.CreateRandom("bert", new ModelSizes { VocabSize = 20, HiddenSize = 24, NumHiddenLayers = 3 }, 1)), new LoraConfig { BaseModel = "x/y" }).Save(Folder);
        var message = Should.Throw<ModelFormatException>(() => Adapter.Load(Folder, AdaptableModel.Of(AdapterModels.Body()))).Message;
        message.ShouldContain("(LORA) for 'x/y' does not fit the model");
        message.ShouldContain("is [8, 24], expected [8, 8]");
        File.Delete(Path.Combine(Folder, "adapter_model.safetensors"));
        Should.Throw<FileNotFoundException>(() => Adapter.Load(Folder, AdaptableModel.Of(AdapterModels.Body()))).Message.ShouldContain("adapter_model.bin");
    }

    private Dictionary<string, string> Shapes() => SafetensorsFile.Open(Path.Combine(Folder, "adapter_model.safetensors")).Tensors
        .ToDictionary(tensor => tensor.Name, tensor => string.Join(' ', tensor.Shape));
}
