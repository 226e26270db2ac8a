using Semblance.Transformers;

namespace Semblance.Tests;

/// <summary>What a folder may ask for and cannot have: the message names it, the file, and everything that there is in its place.</summary>
public class UnsupportedPartTests
{
    private const string Modules =
        "Asym BoW CLIPModel CNN Dense Dropout LayerNorm LSTM MLMTransformer MultiVectorMask Normalize Pooling Router SparseAutoEncoder SparseStaticEmbedding SpladePooling StaticEmbedding Transformer WeightedLayerPooling WordEmbeddings WordWeights";

    private const string Poolings =
        "pooling_mode_cls_token pooling_mode_max_tokens pooling_mode_mean_tokens pooling_mode_mean_sqrt_len_tokens pooling_mode_weightedmean_tokens pooling_mode_lasttoken";

    private const string Functions =
        "torch.nn.modules.activation.GELU torch.nn.modules.activation.LeakyReLU torch.nn.modules.activation.Mish torch.nn.modules.activation.ReLU torch.nn.modules.activation.ReLU6 torch.nn.modules.activation.SiLU torch.nn.modules.activation.Sigmoid torch.nn.modules.activation.Tanh torch.nn.modules.linear.Identity";

    private const string Wave = "torch.nn.modules.activation.Wave";

    [Theory]
    [InlineData("modules.json", "1.type", "\"sentence_transformers.models.Funnel\"", "sentence_transformers.models.Funnel", Modules)]
    [InlineData("modules.json", "1.type", "\"custom_code.Pooling\"", "custom_code.Pooling", Modules)]
    [InlineData("1_Pooling/config.json", "pooling_mode_median", "true", "pooling_mode_median", Poolings)]
    [InlineData("1_Pooling/config.json", "pooling_mode", "\"median\"", "median", "cls max mean mean_sqrt_len_tokens weightedmean lasttoken")]
    [InlineData("1_Pooling/config.json", "pooling_mode", "[\"cls\", \"median\"]", "median", "cls max mean mean_sqrt_len_tokens weightedmean lasttoken")]
    [InlineData("2_Dense/config.json", "activation_function", $"\"{Wave}\"", Wave, Functions)]
    [InlineData("2_Dense/config.json", "module_input_name", "\"logits\"", "logits", "sentence_embedding token_embeddings")]
    [InlineData("config_sentence_transformers.json", "similarity_fn_name", "\"jaccard\"", "jaccard", "cosine dot euclidean manhattan")]
    [InlineData("config.json", "hidden_act", "\"jelu\"", "jelu", "gelu relu tanh")]
    [InlineData("tokenizer_config.json", "tokenizer_class", "\"MPNetTokenizer\"", "MPNetTokenizer", "BertTokenizer DistilBertTokenizer ElectraTokenizer", "vocab.txt")]
    [InlineData("tokenizer_config.json", "truncation_side", "\"middle\"", "middle", "left right")]
    public void A_part_of_a_SentenceTransformer_is_named_with_its_file_and_those_that_are_supported(string file, string field, string value, string part, string supported, string? named = null) =>
        Check("st/cls-dense", file, field, value, part, supported, folder => SentenceTransformer.Load(folder), named);

    [Theory]
    [InlineData("cross-encoder", "config.json", "sentence_transformers.activation_fn", $"\"{Wave}\"", Wave, Functions)]
    public void A_part_of_a_CrossEncoder_is_named_with_its_file_and_those_that_are_supported(string fixture, string file, string field, string value, string part, string supported) =>
        Check("st/" + fixture, file, field, value, part, supported, folder => CrossEncoder.Load(folder));

    [Fact]
    public void The_activation_of_a_CrossEncoder_is_named_wherever_a_version_keeps_it()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cross-encoder"));
        JsonEdit.Set(folder.Of("config.json"), "sentence_transformers", "null");
        JsonEdit.Set(folder.Of("config.json"), "sbert_ce_default_activation_function", $"\"{Wave}\"");
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).ShouldName(folder.Of("config.json"), Wave, Functions);
        var settings = folder.Write("config_sentence_transformers.json", $$"""{"activation_fn": "{{Wave}}"}""");
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).ShouldName(settings, Wave, Functions);
    }

    [Theory]
    [InlineData("modules.json", "0.type", "\"sentence_transformers.models.Funnel\"", "sentence_transformers.models.Funnel", Modules)]
    [InlineData("1_SpladePooling/config.json", "pooling_strategy", "\"mean\"", "mean", "max sum")]
    [InlineData("1_SpladePooling/config.json", "activation_function", "\"gelu\"", "gelu", "relu log1p_relu")]
    [InlineData("config.json", "architectures", "[\"BertModel\"]", "BertModel", "ForMaskedLM")]
    [InlineData("config_sentence_transformers.json", "similarity_fn_name", "\"jaccard\"", "jaccard", "cosine dot euclidean manhattan")]
    public void A_part_of_a_SparseEncoder_is_named_with_its_file_and_those_that_are_supported(string file, string field, string value, string part, string supported) =>
        Check("st/splade", file, field, value, part, supported, folder => SparseEncoder.Load(folder));

    [Fact]
    public void A_part_of_a_MultiVectorEncoder_is_named_with_its_file_and_those_that_are_supported()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var (settings, own) = (folder.Of("config_sentence_transformers.json"), folder.Of("sentence_bert_config.json"));
        Should.Throw<ModelFormatException>(() => MultiVectorEncoder.Load(folder.Path)).ShouldName(settings, "cosine", "maxsim meanmaxsim");
        JsonEdit.Set(settings, "similarity_fn_name", "\"maxsim\"");
        JsonEdit.Set(own, "query_expansion", """{"strategy": "longest", "length": 8}""");
        Should.Throw<ModelFormatException>(() => MultiVectorEncoder.Load(folder.Path)).ShouldName(own, "longest", "fixed min");
    }

    [Fact]
    public void A_module_of_a_route_and_a_tokenizer_of_words_are_named_with_the_file_that_asks_for_them()
    {
        using var folder = new TemporaryFolder();
        folder.Write("modules.json", """[{"idx": 0, "name": "0", "path": "0_Router", "type": "sentence_transformers.models.Router"}]""");
        var file = folder.Write("0_Router/router_config.json", """{"types": {"a": "sentence_transformers.models.Funnel"}, "structure": {"query": ["a"]}}""");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).ShouldName(file, "sentence_transformers.models.Funnel", Modules);

        folder.Write("modules.json", """[{"idx": 0, "name": "0", "path": "0_WordEmbeddings", "type": "sentence_transformers.models.WordEmbeddings"}]""");
        file = folder.Write("0_WordEmbeddings/wordembedding_config.json", """{"tokenizer_class": "sentence_transformers.models.tokenizer.JapaneseTokenizer"}""");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).ShouldName(
            file, "sentence_transformers.models.tokenizer.JapaneseTokenizer", "WhitespaceTokenizer PhraseTokenizer");
    }

    private static void Check(string fixture, string file, string field, string value, string part, string supported, Action<string> load, string? named = null)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own(fixture));
        JsonEdit.Set(folder.Of(file), field, value);
        Should.Throw<FormatException>(() => load(folder.Path)).ShouldName(folder.Of(named ?? file), part, supported);
    }
}
