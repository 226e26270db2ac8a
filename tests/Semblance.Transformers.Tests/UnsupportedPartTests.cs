using Semblance.Transformers.Clip;
using Semblance.Transformers.Generation;
using Semblance.Transformers.Images;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

/// <summary>Tests folders that require an unsupported part: the message names it, the file, and the supported alternatives.</summary>
public class UnsupportedPartTests
{
    private const string ModelTypes =
        "albert bert camembert clip_text_model deberta deberta-v2 distilbert electra eurobert gemma gemma3_text gpt2 llama mistral modernbert mpnet nomic_bert qwen2 qwen3 roberta t5 xlm-roberta";

    private const string Activations =
        "gelu gelu_10 gelu_accurate gelu_fast gelu_new gelu_python gelu_python_tanh gelu_pytorch_tanh laplace leaky_relu linear mish quick_gelu relu relu2 relu6 sigmoid silu swish tanh";

    private const string Rotations = "default dynamic linear llama3 yarn";

    [Theory]
    [InlineData("bert", "model_type", "\"mamba\"", "mamba", ModelTypes)]
    [InlineData("bert", "architectures", "[\"BertForNextSentencePrediction\"]", "BertForNextSentencePrediction", "BertModel BertForMaskedLM BertForPreTraining BertForQuestionAnswering BertForSequenceClassification BertForTokenClassification")]
    [InlineData("bert", "hidden_act", "\"jelu\"", "jelu", Activations)]
    [InlineData("bert", "position_embedding_type", "\"relative_key\"", "position_embedding_type", "absolute")]
    [InlineData("gemma3", "architectures", "[\"Gemma3ForConditionalGeneration\"]", "Gemma3ForConditionalGeneration", "Gemma3TextModel Gemma3ForCausalLM Gemma3TextForSequenceClassification")]
    [InlineData("gemma3", "hidden_activation", "\"jelu\"", "jelu", Activations)]
    [InlineData("gemma3-bidirectional", "layer_types", "[\"chunked_attention\"]", "chunked_attention", "full_attention sliding_attention")]
    [InlineData("llama-rope-llama3", "rope_scaling.rope_type", "\"mrope\"", "mrope", Rotations)]
    [InlineData("nomic-bert", "architectures", "[\"NomicBertForMultipleChoice\"]", "NomicBertForMultipleChoice", "NomicBertModel NomicBertForPreTraining")]
    [InlineData("nomic-bert", "activation_function", "\"jelu\"", "jelu", Activations + " geglu glu swiglu")]
    [InlineData("qwen3", "architectures", "[\"Qwen3ForTokenClassification\"]", "Qwen3ForTokenClassification", "Qwen3Model Qwen3ForCausalLM Qwen3ForSequenceClassification")]
    [InlineData("qwen3", "hidden_act", "\"jelu\"", "jelu", Activations)]
    [InlineData("qwen3", "rope_parameters", "{\"type\": \"longrope\"}", "longrope", Rotations)]
    public void A_part_that_is_not_supported_is_named_with_its_file_and_those_that_are(string fixture, string field, string value, string part, string supported) =>
        Check(Fixtures.Own("models/" + fixture), field, value, part, supported, folder => TaskModel.Load(folder));

    [Theory]
    [InlineData("albert", "hidden_act", "\"jelu\"", "jelu", Activations)]
    [InlineData("albert", "architectures", "[\"AlbertForMultipleChoice\"]", "AlbertForMultipleChoice", "AlbertModel AlbertForMaskedLM AlbertForPreTraining AlbertForQuestionAnswering AlbertForSequenceClassification AlbertForTokenClassification")]
    [InlineData("camembert", "position_embedding_type", "\"relative_key\"", "position_embedding_type", "absolute")]
    [InlineData("deberta", "pooler_hidden_act", "\"jelu\"", "jelu", Activations)]
    [InlineData("deberta-v2", "pos_att_type", "[\"p2p\"]", "p2p", "c2p p2c")]
    [InlineData("deberta-v2-conv", "conv_act", "\"jelu\"", "jelu", Activations)]
    [InlineData("distilbert", "activation", "\"jelu\"", "jelu", Activations)]
    [InlineData("distilbert", "architectures", "[\"DistilBertForMultipleChoice\"]", "DistilBertForMultipleChoice", "DistilBertModel DistilBertForMaskedLM DistilBertForQuestionAnswering DistilBertForSequenceClassification DistilBertForTokenClassification")]
    [InlineData("electra", "architectures", "[\"ElectraForMultipleChoice\"]", "ElectraForMultipleChoice", "ElectraModel ElectraForMaskedLM ElectraForPreTraining ElectraForQuestionAnswering ElectraForSequenceClassification ElectraForTokenClassification")]
    [InlineData("electra", "position_embedding_type", "\"relative_key\"", "position_embedding_type", "absolute")]
    [InlineData("gpt2", "activation_function", "\"jelu\"", "jelu", Activations)]
    [InlineData("gpt2", "architectures", "[\"GPT2DoubleHeadsModel\"]", "GPT2DoubleHeadsModel", "GPT2Model GPT2LMHeadModel GPT2ForSequenceClassification")]
    [InlineData("llama", "rope_scaling", "{\"type\": \"longrope\"}", "longrope", Rotations)]
    [InlineData("modernbert", "hidden_activation", "\"jelu\"", "jelu", Activations)]
    [InlineData("modernbert-seqcls", "classifier_activation", "\"jelu\"", "jelu", Activations)]
    [InlineData("modernbert-seqcls", "classifier_pooling", "\"max\"", "max", "cls mean")]
    [InlineData("mpnet", "hidden_act", "\"jelu\"", "jelu", Activations)]
    [InlineData("roberta", "position_embedding_type", "\"relative_key_query\"", "position_embedding_type", "absolute")]
    [InlineData("t5", "architectures", "[\"T5ForTokenClassification\"]", "T5ForTokenClassification", "T5EncoderModel T5ForConditionalGeneration")]
    [InlineData("t5", "feed_forward_proj", "\"jelu\"", "jelu", Activations + " gated-…")]
    [InlineData("t5-v1_1", "feed_forward_proj", "\"gated-jelu\"", "gated-jelu", Activations + " gated-…")]
    [InlineData("xlm-roberta", "hidden_act", "\"jelu\"", "jelu", Activations)]
    public void A_part_of_any_architecture_is_named_with_its_file_and_those_that_are_supported(string fixture, string field, string value, string part, string supported) =>
        Check(Fixtures.Own("models/" + fixture), field, value, part, supported, folder => TaskModel.Load(folder));

    [Theory]
    [InlineData("clip", "model_type", "\"siglip\"", "siglip", "clip")]
    [InlineData("clip", "text_config.hidden_act", "\"jelu\"", "jelu", Activations)]
    [InlineData("clip", "vision_config.hidden_act", "\"jelu\"", "jelu", Activations)]
    public void A_part_of_a_tower_of_CLIP_is_named_too(string fixture, string field, string value, string part, string supported) =>
        Check(Fixtures.Own("models/" + fixture), field, value, part, supported, folder => ClipModel.Load(folder));

    [Theory]
    [InlineData("gpt2-lm", "architectures", "[\"GPT2Model\"]", "GPT2Model", "GPT2LMHeadModel T5ForConditionalGeneration …ForCausalLM")]
    [InlineData("t5", "architectures", "[\"T5EncoderModel\"]", "T5EncoderModel", "GPT2LMHeadModel T5ForConditionalGeneration …ForCausalLM")]
    public void A_class_that_predicts_no_next_token_is_named_with_those_that_do(string fixture, string field, string value, string part, string supported) =>
        Check(Fixtures.Own("models/" + fixture), field, value, part, supported, folder => LanguageModel.Load(folder));

    [Theory]
    [InlineData("processor-32", "image_processor_type", "\"SiglipImageProcessor\"", "SiglipImageProcessor", "CLIPImageProcessor ViTImageProcessor")]
    [InlineData("vit-processor-24", "resample", "1", "resample", "2 3")]
    public void A_way_to_prepare_images_is_named_with_those_that_are_supported(string fixture, string field, string value, string part, string supported) =>
        Check(Fixtures.Own("images/" + fixture), field, value, part, supported, folder => ImageProcessor.Load(folder), "preprocessor_config.json");

    private static void Check(string fixture, string field, string value, string part, string supported, Action<string> load, string file = "config.json")
    {
        using var folder = new ModelFolder(fixture);
        var path = Path.Combine(folder.Path, file);
        JsonEdit.Set(path, field, value);
        Should.Throw<ModelFormatException>(() => load(folder.Path)).ShouldName(path, part, supported);
    }
}
