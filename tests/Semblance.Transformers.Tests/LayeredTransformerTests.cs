using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

public class LayeredTransformerTests
{
    [Theory]
    [InlineData("gemma")]
    [InlineData("gpt2")]
    [InlineData("gpt2-lm", 1e-4)]
    [InlineData("llama")]
    [InlineData("mistral")]
    [InlineData("modernbert")]
    [InlineData("modernbert-mlm", 1e-4)]
    [InlineData("modernbert-seqcls")]
    [InlineData("qwen2")]
    public void Every_output_equals_the_original_on_every_instruction_set(string folder, double logitTolerance = 2e-5) =>
        Check(Fixtures.Own("models/" + folder), logitTolerance);

    /// <summary>Compares with values recorded from PyTorch with the formulas of the originals.</summary>
    [Theory]
    [InlineData("eurobert")]
    [InlineData("gemma3")]
    [InlineData("gemma3-bidirectional")]
    [InlineData("llama-rope-llama3")]
    [InlineData("mistral-rope-yarn")]
    [InlineData("nomic-bert")]
    [InlineData("qwen3")]
    public void Every_output_equals_that_of_the_formulas(string folder) => Check(Fixtures.Own("models/" + folder), 2e-5);

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("modernbert")]
    public void A_step_along_the_gradient_changes_the_output_as_the_gradient_says(string folder) => CheckGradient(Fixtures.Own("models/" + folder));

    [Theory]
    [InlineData("eurobert")]
    [InlineData("gemma3")]
    [InlineData("mistral-rope-yarn")]
    [InlineData("nomic-bert")]
    [InlineData("qwen3")]
    public void A_step_along_the_gradient_of_a_model_kept_here_does_too(string folder) => CheckGradient(Fixtures.Own("models/" + folder));

    [Theory]
    [InlineData("""{"model_type": "nomic_bert", "n_embd": 32, "n_head": 2, "n_layer": 2, "n_inner": 64, "n_positions": 8192, "vocab_size": 100, "activation_function": "swiglu"}""")]
    [InlineData("""{"model_type": "qwen3", "hidden_size": 32, "head_dim": 16, "num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 2, "intermediate_size": 64, "max_position_embeddings": 32768, "vocab_size": 100}""")]
    [InlineData("""{"model_type": "modernbert", "hidden_size": 32, "num_attention_heads": 2, "num_hidden_layers": 2, "intermediate_size": 64, "vocab_size": 100}""")]
    public void Memory_grows_with_the_length_of_a_text_and_not_with_its_square(string config)
    {
        using var folder = new ModelFolder("models/nomic-bert");
        folder.Write("config.json", config);
        var file = ConfigurationFile.Read(Path.Combine(folder.Path, "config.json"));
        var weights = new RandomWeights(1);
        var model = Architectures.Of(file).Load(file, weights);

        (long Activations, long Allocated) Forward(int length)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var run = new Computation(maxThreads: 1);
            var output = model.Forward(run, PackedBatch.From([[.. Enumerable.Range(0, length).Select(i => i % 97)]]));
            output.Rows.ShouldBe(length);
            output.Values.ToArray().ShouldAllBe(value => float.IsFinite(value));
            return (run.PeakBytes, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Forward(64);
        var (few, many) = (Forward(2048), Forward(8192));
        ((double)many.Activations / few.Activations).ShouldBeLessThan(4.5);
        many.Allocated.ShouldBeLessThan(8192L * 8192 * sizeof(float) / 4, "a matrix of all scores would take four times that");
    }

    [Theory]
    [InlineData("qwen3", "\"rope_scaling\": null", "\"rope_scaling\": {\"rope_type\": \"mrope\"}", "'mrope'; supported are default, dynamic, linear, llama3 and yarn")]
    [InlineData("qwen3", "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3", "'num_key_value_heads' is 3, which does not divide")]
    [InlineData("qwen3", "\"head_dim\": 12", "\"head_dim\": 11", "even number of columns")]
    [InlineData("qwen3", "\"hidden_act\": \"silu\"", "\"hidden_act\": \"jelu\"", "jelu")]
    [InlineData("qwen3", "\"intermediate_size\": 72", "\"intermediate_size\": 73", "layers.0.mlp.gate_proj.weight")]
    [InlineData("gemma3", "\"attn_logit_softcapping\": null", "\"attn_logit_softcapping\": 50.0", "attn_logit_softcapping")]
    [InlineData("gemma3-bidirectional", "\"full_attention\",", "\"chunked_attention\",", "layer_types")]
    [InlineData("nomic-bert", "\"prenorm\": false", "\"prenorm\": true", "'prenorm' is true")]
    [InlineData("nomic-bert", "\"n_head\": 4", "\"n_head\": 5", "'n_head' is 5")]
    public void A_setting_that_cannot_be_served_is_named(string fixture, string old, string replacement, string named)
    {
        using var folder = new ModelFolder("models/" + fixture);
        folder.Edit("config.json", old, replacement);
        var message = Should.Throw<ModelFormatException>(() => Transformer.Load(folder.Path)).Message;
        message.ShouldContain(named);
        message.ShouldContain(folder.Path);
    }

    [Theory]
    [InlineData("qwen3", "Qwen3Model", "Qwen3ForTokenClassification", "Qwen3Model, Qwen3ForCausalLM")]
    [InlineData("gemma3", "Gemma3TextModel", "Gemma3ForConditionalGeneration", "Gemma3TextModel, Gemma3ForCausalLM")]
    public void A_head_that_is_not_supported_is_named_with_those_that_are(string fixture, string old, string architecture, string supported)
    {
        using var folder = new ModelFolder("models/" + fixture);
        folder.Edit("config.json", $"\"{old}\"", $"\"{architecture}\"");
        var message = Should.Throw<ModelFormatException>(() => TaskModel.Load(folder.Path)).Message;
        message.ShouldContain($"'{architecture}'");
        message.ShouldContain(supported);
    }

    [Fact]
    public void The_next_words_of_a_decoder_share_its_word_table_where_the_configuration_says_so()
    {
        using var folder = new ModelFolder("models/qwen3");
        folder.Edit("config.json", "\"Qwen3Model\"", "\"Qwen3ForCausalLM\"");
        Should.Throw<ModelFormatException>(() => TaskModel.Load(folder.Path)).Message.ShouldContain("'lm_head.weight' is missing");
        folder.Edit("config.json", "\"model_type\"", "\"tie_word_embeddings\": true, \"model_type\"");
        var batch = PackedBatch.From([[3, 4, 5]]);
        using var run = new Computation();
        var body = Transformer.Load(folder.Path);
        var hidden = body.Forward(run, batch);
        TaskModel.Load(folder.Path).Forward(run, batch)["logits"].Values.ToArray().ShouldBe(run.Linear(hidden, new Linear(body.WordEmbeddings.Weight, null)).Values.ToArray());

        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in body.Parameters())
        {
            writer.Add("model." + name, Tensor.From(tensor.Values, tensor.Shape));
        }

        var own = Tensor.From([.. body.WordEmbeddings.Weight.Values.ToArray().Select(value => -2 * value)], body.WordEmbeddings.Weight.Shape);
        writer.Add("lm_head.weight", own);
        writer.Save(Path.Combine(folder.Path, "model.safetensors"));
        folder.Edit("config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
        TaskModel.Load(folder.Path).Forward(run, batch)["logits"].Values.ToArray().ShouldBe(run.Linear(hidden, new Linear(own, null)).Values.ToArray());
    }

    [Theory]
    [InlineData("gemma3")]
    [InlineData("nomic-bert")]
    public void A_saved_model_is_the_one_that_was_loaded(string fixture)
    {
        var model = Transformer.Load(Fixtures.Own("models/" + fixture), trainable: true);
        using var folder = new ModelFolder("models/" + fixture);
        folder.Delete("model.safetensors");
        folder.Delete("config.json");
        model.Save(folder.Path);
        var stored = Checkpoint.Open(folder.Path).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape.ToArray());
        stored.Keys.ShouldBe(Checkpoint.Open(Fixtures.Own("models/" + fixture)).Tensors.Select(tensor => tensor.Name), ignoreOrder: true);
        Check(folder.Path, 2e-5);
    }

    private static void Check(string folder, double logitTolerance)
    {
        var model = TaskModel.Load(folder);
        var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors")));
        foreach (var set in InstructionSets.Available)
        {
            using var run = new Computation(instructions: set);
            var outputs = model.Forward(run, batch.Packed);
            var compared = 0;
            foreach (var name in batch.File.Tensors.Select(tensor => tensor.Name).Where(name => name is not ("input_ids" or "attention_mask" or "token_type_ids")))
            {
                var expected = batch.Expected(name);
                var actual = outputs[name].Values.ToArray();
                actual.Length.ShouldBe(expected.Length, name);
                expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max().ShouldBeLessThanOrEqualTo((float)(name == "logits" ? logitTolerance : 2e-5), $"{set} {name}");
                compared++;
            }

            compared.ShouldBeGreaterThanOrEqualTo(4);
        }
    }

    private static void CheckGradient(string folder)
    {
        const double Step = 1e-3;
        var model = Transformer.Load(folder, trainable: true);
        var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"))).Packed;
        var parameters = model.Parameters().Select(parameter => parameter.Value).ToArray();
        var random = new Random(5);
        var mix = new float[batch.TokenCount * model.HiddenSize];
        foreach (ref var value in mix.AsSpan())
        {
            value = (random.NextSingle() * 2) - 1;
        }

        foreach (var parameter in parameters)
        {
            parameter.RequiresGradient = true;
        }

        using (var run = new Computation(recording: true, recompute: true))
        {
            run.Backward(model.Forward(run, batch), Tensor.From(mix, batch.TokenCount, model.HiddenSize));
        }

        parameters.ShouldAllBe(parameter => parameter.Gradient != null);
        double Loss()
        {
            using var run = new Computation();
            return model.Forward(run, batch).Values.ToArray().Zip(mix, (y, m) => (double)y * m).Sum();
        }

        // The derivative along a direction that moves every parameter by the sign of its gradient, so that all derivatives add up.
        double Slope(Tensor[] moved)
        {
            void Move(double step)
            {
                foreach (var parameter in moved)
                {
                    var values = parameter.Writable;
                    for (var i = 0; i < values.Length; i++)
                    {
                        values[i] += (float)(step * Math.Sign(parameter.Gradient!.Values[i]));
                    }
                }
            }

            Move(Step / 16);
            var above = Loss();
            Move(-Step / 8);
            var below = Loss();
            Move(Step / 16);
            return (above - below) / (Step / 8);
        }

        foreach (var (name, parameter) in model.Parameters())
        {
            var expected = parameter.Gradient!.Values.ToArray().Sum(slope => Math.Abs((double)slope));
            Slope([parameter]).ShouldBe(expected, (0.01 * expected) + 0.05, name);
        }
    }
}
