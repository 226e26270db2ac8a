using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Files.Json;
using Semblance.Transformers.Clip;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

/// <summary>
/// Tests the lists of keys of every architecture's <c>config.json</c>: a supported key is read, a key that is read is listed, an
/// unsupported key is rejected.
/// </summary>
public class ConfigurationKeysTests
{
    // Read by TextClassifier, whose tests check them.
    private static readonly string[] OfTextClassifiers = ["problem_type", "thresholds"];

    private static readonly ModelSizes Sizes = new() { VocabSize = 40, HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 32, MaxPositionEmbeddings = 16 };

    // Settings with which an architecture reads keys that it otherwise does not read; the first class has a head for sequences if there is
    // one.
    private static readonly Dictionary<string, string[]> Variants = new()
    {
        ["albert"] = ["""{"architectures": ["AlbertForSequenceClassification"]}"""],
        ["bert"] = ["""{"architectures": ["BertForSequenceClassification"]}"""],
        ["camembert"] = ["""{"architectures": ["CamembertForSequenceClassification"]}"""],
        ["clip_text_model"] = [],
        ["deberta"] = ["""{"architectures": ["DebertaForSequenceClassification"]}"""],
        ["deberta-v2"] = ["""{"architectures": ["DebertaV2ForSequenceClassification"]}""", """{"conv_kernel_size": 3}"""],
        ["distilbert"] = ["""{"architectures": ["DistilBertForSequenceClassification"]}"""],
        ["electra"] = ["""{"architectures": ["ElectraForSequenceClassification"]}"""],
        ["eurobert"] = ["""{"architectures": ["EuroBertForSequenceClassification"]}""", """{"architectures": ["EuroBertForMaskedLM"]}"""],
        ["gemma"] = ["""{"architectures": ["GemmaForSequenceClassification"], "hidden_activation": null, "hidden_act": "silu"}""", """{"architectures": ["GemmaForCausalLM"]}"""],
        ["gemma3_text"] = ["""{"architectures": ["Gemma3TextForSequenceClassification"]}""", """{"architectures": ["Gemma3ForCausalLM"]}"""],
        ["gpt2"] = ["""{"architectures": ["GPT2ForSequenceClassification"]}""", """{"architectures": ["GPT2LMHeadModel"]}"""],
        ["llama"] = ["""{"architectures": ["LlamaForSequenceClassification"]}""", """{"architectures": ["LlamaForCausalLM"]}"""],
        ["mistral"] = ["""{"architectures": ["MistralForSequenceClassification"], "sliding_window": 4}""", """{"architectures": ["MistralForCausalLM"]}"""],
        ["modernbert"] = ["""{"architectures": ["ModernBertForSequenceClassification"], "sliding_window": 4}""", """{"architectures": ["ModernBertForMaskedLM"]}"""],
        ["mpnet"] = ["""{"architectures": ["MPNetForSequenceClassification"]}"""],
        ["nomic_bert"] = ["""{"architectures": ["NomicBertForPreTraining"]}""", """{"rotary_scaling_factor": 2, "max_trained_positions": 4096}"""],
        ["qwen2"] = ["""{"architectures": ["Qwen2ForSequenceClassification"], "use_sliding_window": true}""", """{"architectures": ["Qwen2ForCausalLM"]}"""],
        ["qwen3"] = ["""{"architectures": ["Qwen3ForSequenceClassification"], "use_sliding_window": true}""", """{"architectures": ["Qwen3ForCausalLM"]}"""],
        ["roberta"] = ["""{"architectures": ["RobertaForSequenceClassification"]}"""],
        ["t5"] = ["""{"architectures": ["T5ForConditionalGeneration"]}"""],
        ["xlm-roberta"] = ["""{"architectures": ["XLMRobertaForSequenceClassification"]}"""],
    };

    public static TheoryData<string> Architectures => [.. Transformers.Architectures.All.Select(architecture => architecture.ModelType)];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Every_key_that_is_supported_is_read_and_every_key_that_is_read_is_listed(string architecture)
    {
        var (supported, asked) = (new HashSet<string>(), new HashSet<string>());
        foreach (var variant in Variants[architecture].Prepend("{}"))
        {
            var config = Load(architecture, variant);
            supported.UnionWith(Supported(config.Keys!));
            asked.UnionWith(config.Asked);
        }

        // Without a classification head there are no labels to count.
        string[] unread = [.. OfTextClassifiers, .. architecture is "clip_text_model" or "nomic_bert" or "t5" ? (string[])["id2label", "num_labels"] : []];
        supported.Except(asked).Except(unread).ShouldBeEmpty();
        asked.Except(supported).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Every_key_that_is_not_supported_is_refused_by_name_and_its_neutral_values_are_not(string architecture)
    {
        var keys = Load(architecture, "{}").Keys!;
        foreach (var key in keys.Names.Where(name => keys.UseOf(name) == KeyUse.Unsupported))
        {
            var message = Should.Throw<ModelFormatException>(() => Load(architecture, $$"""{"{{key}}": "something"}"""), key).Message;
            message.ShouldStartWith("config.json: ");
            message.ShouldContain($"'{key}'");
            message.ShouldContain("supported: ");
            Load(architecture, $$"""{"{{key}}": null}""");
        }

        keys.UseOf("quantization_config").ShouldBe(KeyUse.Unsupported);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void A_key_that_nobody_knows_is_named_in_a_warning_and_a_new_configuration_has_none(string architecture)
    {
        Load(architecture, "{}").Warnings.ShouldBeEmpty();
        var warnings = Load(architecture, """{"hiden_size": 8, "nothing": null}""").Warnings;
        warnings.ShouldHaveSingleItem().ShouldBe("config.json: 'hiden_size' is not a known key and is ignored.");
    }

    // The keys of well-known models' files, as they are published, must not cause warnings.
    [Theory]
    [InlineData("albert", "_name_or_path architectures attention_probs_dropout_prob bos_token_id classifier_dropout_prob down_scale_factor embedding_size eos_token_id gap_size hidden_act hidden_dropout_prob hidden_size initializer_range inner_group_num intermediate_size layer_norm_eps max_position_embeddings model_type net_structure_type num_attention_heads num_hidden_groups num_hidden_layers num_memory_blocks pad_token_id position_embedding_type transformers_version type_vocab_size vocab_size")]
    [InlineData("bert", "_name_or_path architectures attention_probs_dropout_prob classifier_dropout directionality gradient_checkpointing hidden_act hidden_dropout_prob hidden_size id2label initializer_range intermediate_size label2id layer_norm_eps max_position_embeddings model_type num_attention_heads num_hidden_layers output_past pad_token_id pooler_fc_size pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head pooler_type position_embedding_type sbert_ce_default_activation_function sentence_transformers torch_dtype transformers_version type_vocab_size use_cache vocab_size")]
    [InlineData("deberta-v2", "attention_probs_dropout_prob hidden_act hidden_dropout_prob hidden_size initializer_range intermediate_size layer_norm_eps legacy max_position_embeddings max_relative_positions model_type norm_rel_ebd num_attention_heads num_hidden_layers pad_token_id pooler_dropout pooler_hidden_act pooler_hidden_size pos_att_type position_biased_input position_buckets relative_attention share_att_key torch_dtype transformers_version type_vocab_size vocab_size")]
    [InlineData("distilbert", "activation architectures attention_dropout dim dropout finetuning_task hidden_dim id2label initializer_range label2id max_position_embeddings model_type n_heads n_layers output_past pad_token_id qa_dropout seq_classif_dropout sinusoidal_pos_embds tie_weights_ torch_dtype transformers_version vocab_size")]
    [InlineData("electra", "architectures attention_probs_dropout_prob classifier_dropout embedding_size hidden_act hidden_dropout_prob hidden_size initializer_range intermediate_size layer_norm_eps max_position_embeddings model_type num_attention_heads num_hidden_layers pad_token_id position_embedding_type summary_activation summary_last_dropout summary_type summary_use_proj type_vocab_size use_cache vocab_size")]
    [InlineData("gemma", "architectures attention_bias attention_dropout bos_token_id eos_token_id head_dim hidden_act hidden_activation hidden_size initializer_range intermediate_size max_position_embeddings model_type num_attention_heads num_hidden_layers num_key_value_heads pad_token_id rms_norm_eps rope_scaling rope_theta torch_dtype transformers_version use_cache vocab_size")]
    [InlineData("gemma3_text", "_sliding_window_pattern architectures attention_bias attention_dropout attn_logit_softcapping bos_token_id cache_implementation dtype eos_token_id final_logit_softcapping head_dim hidden_activation hidden_size initializer_range intermediate_size layer_types max_position_embeddings model_type num_attention_heads num_hidden_layers num_key_value_heads pad_token_id query_pre_attn_scalar rms_norm_eps rope_local_base_freq rope_scaling rope_theta sliding_window sliding_window_pattern transformers_version use_bidirectional_attention use_cache vocab_size")]
    [InlineData("gpt2", "activation_function architectures attn_pdrop bos_token_id embd_pdrop eos_token_id initializer_range layer_norm_epsilon model_type n_ctx n_embd n_head n_inner n_layer n_positions reorder_and_upcast_attn resid_pdrop scale_attn_by_inverse_layer_idx scale_attn_weights summary_activation summary_first_dropout summary_proj_to_labels summary_type summary_use_proj task_specific_params transformers_version use_cache vocab_size")]
    [InlineData("llama", "architectures attention_bias attention_dropout bos_token_id dtype eos_token_id head_dim hidden_act hidden_size initializer_range intermediate_size max_position_embeddings mlp_bias model_type num_attention_heads num_hidden_layers num_key_value_heads pad_token_id pretraining_tp rms_norm_eps rope_parameters rope_scaling rope_theta tie_word_embeddings torch_dtype transformers_version use_cache vocab_size")]
    [InlineData("mistral", "_name_or_path architectures attention_dropout bos_token_id eos_token_id head_dim hidden_act hidden_size initializer_range intermediate_size max_position_embeddings model_type num_attention_heads num_hidden_layers num_key_value_heads pad_token_id rms_norm_eps rope_theta sliding_window tie_word_embeddings torch_dtype transformers_version use_cache vocab_size")]
    [InlineData("modernbert", "architectures attention_bias attention_dropout bos_token_id classifier_activation classifier_bias classifier_dropout classifier_pooling cls_token_id decoder_bias deterministic_flash_attn dtype embedding_dropout eos_token_id global_attn_every_n_layers global_rope_theta gradient_checkpointing hidden_activation hidden_size initializer_cutoff_factor initializer_range intermediate_size layer_norm_eps layer_types local_attention local_rope_theta max_position_embeddings mlp_bias mlp_dropout model_type norm_bias norm_eps num_attention_heads num_hidden_layers pad_token_id position_embedding_type reference_compile repad_logits_with_grad rope_parameters sep_token_id sparse_pred_ignore_index sparse_prediction tie_word_embeddings torch_dtype transformers_version vocab_size")]
    [InlineData("mpnet", "_name_or_path architectures attention_probs_dropout_prob bos_token_id eos_token_id hidden_act hidden_dropout_prob hidden_size initializer_range intermediate_size layer_norm_eps max_position_embeddings model_type num_attention_heads num_hidden_layers pad_token_id relative_attention_num_buckets torch_dtype transformers_version vocab_size")]
    [InlineData("eurobert", "architectures attention_bias attention_dropout auto_map bos_token bos_token_id clf_pooling eos_token eos_token_id head_dim hidden_act hidden_dropout hidden_size id2label initializer_range intermediate_size label2id mask_token mask_token_id max_position_embeddings mlp_bias model_type num_attention_heads num_hidden_layers num_key_value_heads pad_token pad_token_id pretraining_tp rms_norm_eps rope_scaling rope_theta tie_word_embeddings torch_dtype transformers_version use_cache vocab_size")]
    [InlineData("nomic_bert", "activation_function architectures attn_pdrop auto_map bos_token_id causal dense_seq_output embd_pdrop eos_token_id fused_bias_fc fused_dropout_add_ln initializer_range layer_norm_epsilon max_trained_positions mlp_fc1_bias mlp_fc2_bias model_type n_embd n_head n_inner n_layer n_positions pad_vocab_size_multiple parallel_block parallel_block_tied_norm prenorm qkv_proj_bias reorder_and_upcast_attn resid_pdrop rotary_emb_base rotary_emb_fraction rotary_emb_interleaved rotary_emb_scale_base rotary_scaling_factor scale_attn_by_inverse_layer_idx scale_attn_weights summary_activation summary_first_dropout summary_proj_to_labels summary_type summary_use_proj torch_dtype transformers_version type_vocab_size use_cache use_flash_attn use_rms_norm use_xentropy vocab_size")]
    [InlineData("qwen2", "architectures attention_dropout bos_token_id eos_token_id hidden_act hidden_size initializer_range intermediate_size is_causal max_position_embeddings max_window_layers model_type num_attention_heads num_hidden_layers num_key_value_heads rms_norm_eps rope_scaling rope_theta sliding_window tie_word_embeddings torch_dtype transformers_version use_cache use_sliding_window vocab_size")]
    [InlineData("qwen3", "architectures attention_bias attention_dropout bos_token_id dtype eos_token_id head_dim hidden_act hidden_size initializer_range intermediate_size layer_types max_position_embeddings max_window_layers model_type num_attention_heads num_hidden_layers num_key_value_heads rms_norm_eps rope_parameters rope_scaling rope_theta sliding_window tie_word_embeddings torch_dtype transformers_version use_cache use_sliding_window vocab_size")]
    [InlineData("t5", "architectures classifier_dropout d_ff d_kv d_model decoder_start_token_id dense_act_fn dropout_rate eos_token_id feed_forward_proj initializer_factor is_encoder_decoder is_gated_act layer_norm_epsilon model_type n_positions num_decoder_layers num_heads num_layers output_past pad_token_id relative_attention_max_distance relative_attention_num_buckets task_specific_params tie_word_embeddings torch_dtype transformers_version use_cache vocab_size")]
    [InlineData("xlm-roberta", "architectures attention_probs_dropout_prob bos_token_id classifier_dropout eos_token_id gradient_checkpointing hidden_act hidden_dropout_prob hidden_size initializer_range intermediate_size layer_norm_eps max_position_embeddings model_type num_attention_heads num_hidden_layers output_past pad_token_id position_embedding_type torch_dtype transformers_version type_vocab_size use_cache vocab_size")]
    public void The_keys_of_published_models_are_known(string architecture, string published) =>
        published.Split(' ').Where(key => Load(architecture, "{}").Keys!.UseOf(key) is null).ShouldBeEmpty();

    [Theory]
    [InlineData("clip", "projection_dim text_config vision_config")]
    public void The_two_towers_of_CLIP_list_their_keys(string architecture, string required)
    {
        var config = Configuration(Clip("{}", "{}"));
        _ = new ClipModel(config, new RandomWeights(0));
        Supported(config.Keys!).Except(config.Asked).ShouldBe(["architectures", "id2label", "model_type", "num_labels", .. OfTextClassifiers], ignoreOrder: true); // read before the towers, or not at all
        config.Asked.ShouldContain(key => required.Contains(key, StringComparison.Ordinal), architecture);
        var vision = config.Sections["vision_config"];
        vision.Asked.Except(Supported(vision.Keys!)).ShouldBeEmpty();
        Supported(vision.Keys!).Except(vision.Asked).ShouldBe(["architectures", "id2label", "model_type", "num_labels", .. OfTextClassifiers], ignoreOrder: true);
        Should.Throw<ModelFormatException>(() => new ClipModel(Configuration(Clip("{}", """{"quantization_config": {"bits": 4}}""")), new RandomWeights(0))).Message
            .ShouldContain("in 'vision_config', 'quantization_config'");
        var unknown = Configuration(Clip("""{"hiden_act": "relu"}""", "{}"));
        _ = new ClipModel(unknown, new RandomWeights(0));
        unknown.Warnings.ShouldHaveSingleItem().ShouldContain("'text_config.hiden_act'");
    }

    [Theory]
    [InlineData("distilbert", "hidden_size", "dim")]
    [InlineData("distilbert", "num_hidden_layers", "n_layers")]
    [InlineData("gpt2", "num_attention_heads", "n_head")]
    [InlineData("nomic_bert", "max_position_embeddings", "n_positions")]
    [InlineData("t5", "hidden_size", "d_model")]
    [InlineData("t5", "head_dim", "d_kv")]
    public void A_key_is_read_by_its_other_name_too_and_two_values_for_it_are_refused(string architecture, string alias, string key)
    {
        var json = Json(architecture, "{}");
        var value = json[key]!.GetValue<int>();
        json.Remove(key);
        json[alias] = value;
        Load(json).Warnings.ShouldBeEmpty();
        json[key] = value;
        Load(json).Warnings.ShouldBeEmpty();
        json[key] = value + 1;
        Should.Throw<ModelFormatException>(() => Load(json)).Message.ShouldContain($"'{alias}' is {value}, but '{key}' is {value + 1}");
    }

    [Theory]
    [InlineData("albert", "layer_norm_eps")]
    [InlineData("bert", "layer_norm_eps")]
    [InlineData("clip_text_model", "layer_norm_eps")]
    [InlineData("deberta-v2", "layer_norm_eps")]
    [InlineData("gemma3_text", "rms_norm_eps")]
    [InlineData("eurobert", "rms_norm_eps")]
    [InlineData("gpt2", "layer_norm_epsilon")]
    [InlineData("llama", "rms_norm_eps")]
    [InlineData("modernbert", "norm_eps")]
    [InlineData("nomic_bert", "layer_norm_epsilon")]
    [InlineData("t5", "layer_norm_epsilon")]
    public void An_epsilon_that_is_negative_or_no_number_is_refused(string architecture, string key)
    {
        foreach (var value in (string[])["-1", "-1e-12", "1e999", "\"NaN\""])
        {
            Should.Throw<ModelFormatException>(() => Load(architecture, $$"""{"{{key}}": {{value}}}"""), value).Message.ShouldContain($"'{key}'");
        }

        Load(architecture, $$"""{"{{key}}": 0}""");
    }

    [Theory]
    [InlineData("gemma3_text", "query_pre_attn_scalar", "0")]
    [InlineData("llama", "rope_theta", "-1")]
    [InlineData("nomic_bert", "rotary_emb_base", "0")]
    [InlineData("bert", "num_attention_heads", "0")]
    [InlineData("bert", "num_attention_heads", "3")]
    [InlineData("llama", "num_key_value_heads", "3")]
    [InlineData("bert", "hidden_dropout_prob", "1.5")]
    [InlineData("gpt2", "attn_pdrop", "-0.1")]
    [InlineData("deberta-v2", "attention_head_size", "5")]
    [InlineData("deberta-v2", "position_buckets", "1")]
    public void A_number_that_no_model_can_have_is_refused_when_the_model_is_loaded(string architecture, string key, string value) =>
        Should.Throw<ModelFormatException>(() => Load(architecture, $$"""{"{{key}}": {{value}}}""")).Message.ShouldContain($"'{key}'");

    // Versions up to 4 use tie_word_embeddings, version 5 a key of its own.
    [Theory]
    [InlineData("{}", 1)]
    [InlineData("""{"tie_word_embeddings": true, "scale_decoder_outputs": true}""", 1)]
    [InlineData("""{"tie_word_embeddings": true, "scale_decoder_outputs": false}""", 5.656854f)] // √32
    public void T5_scales_what_its_decoder_predicts_words_from_as_the_file_says(string settings, float scale)
    {
        var (usual, other) = (Logits("{}"), Logits(settings));
        for (var i = 0; i < usual.Length; i++)
        {
            other[i].ShouldBe(usual[i] * scale, 1e-5f);
        }

        static float[] Logits(string settings)
        {
            var config = Configuration(Json("t5", settings));
            var weights = new RandomWeights(0);
            var architecture = Transformers.Architectures.Find("t5")!;
            var decoder = architecture.ClassFor(TaskKind.ConditionalGeneration)!.CreateDecoder!(architecture.Load(config, weights), config, new ModelParameters(weights));
            using var run = new Tensors.Computation(maxThreads: 1);
            return decoder.Logits(run, Tensors.Tensor.From([.. Enumerable.Range(0, 32).Select(i => MathF.Sin(i))], 1, 32)).Values.ToArray();
        }
    }

    internal static ConfigurationFile Configuration(JsonObject json) => ConfigurationFile.Of("config.json", JsonElement.Parse(json.ToJsonString()));

    internal static Transformer Body(string architecture, string changes)
    {
        var config = Configuration(Json(architecture, changes));
        return Transformers.Architectures.Find(architecture)!.Load(config, new RandomWeights(0));
    }

    private static ConfigurationFile Load(string architecture, string changes) => Load(Json(architecture, changes));

    private static ConfigurationFile Load(JsonObject json)
    {
        var config = Configuration(json);
        var weights = new RandomWeights(0);
        var architecture = Transformers.Architectures.Find(config.Text("model_type"))!;
        var body = architecture.Load(config, weights);
        var named = architecture.ClassOf(config)!;
        _ = named.CreateDecoder?.Invoke(body, config, new ModelParameters(weights)) as object ?? named.CreateHead?.Invoke(body, config, new ModelParameters(weights));
        return config;
    }

    private static JsonObject Json(string architecture, string changes)
    {
        var json = architecture == "clip_text_model"
            ? JsonNode.Parse("""{"model_type": "clip_text_model", "architectures": ["CLIPTextModel"], "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 40, "eos_token_id": 2}""")!.AsObject()
            : JsonObject.Create(NewConfiguration.Create(architecture, Sizes).Root)!;
        Merge(json, changes);
        return json;
    }

    private static JsonObject Clip(string text, string vision)
    {
        var json = JsonNode.Parse("""
            {"model_type": "clip", "projection_dim": 8,
             "text_config": {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "vocab_size": 40, "eos_token_id": 2},
             "vision_config": {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "image_size": 8, "patch_size": 4}}
            """)!.AsObject();
        Merge(json["text_config"]!.AsObject(), text);
        Merge(json["vision_config"]!.AsObject(), vision);
        return json;
    }

    private static void Merge(JsonObject json, string changes)
    {
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject())
        {
            json[key] = value?.DeepClone();
        }
    }

    private static IEnumerable<string> Supported(KnownKeys keys) => keys.Names.Where(name => keys.UseOf(name) == KeyUse.Supported && keys.KeyOf(name) == name);
}
