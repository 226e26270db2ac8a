using Semblance.Tensors;

namespace Semblance.Transformers.Tests;

/// <summary>Tests the settings of attention and positions, under all names in the originals' versions.</summary>
public class AttentionSettingsTests
{
    private static readonly int[] Tokens = [5, 9, 30, 7, 11, 3, 22, 18, 6, 13];

    [Theory]
    [InlineData("gemma")]
    [InlineData("gemma3_text")]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("mistral")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void Is_causal_false_lets_a_decoder_look_both_ways(string architecture)
    {
        var (causal, both) = (Body(architecture, "{}"), Body(architecture, """{"is_causal": false}"""));
        Sees(causal, from: 0, to: 9).ShouldBeFalse();
        Sees(both, from: 0, to: 9).ShouldBeTrue();
        Sees(Body(architecture, """{"is_causal": true}"""), from: 0, to: 9).ShouldBeFalse();
        if (architecture != "gpt2")
        {
            Output(both, Tokens).ShouldBe(Output(Body(architecture, """{"use_bidirectional_attention": true}"""), Tokens));
        }
    }

    // As transformers' masks: causal, a window of w holds the token itself and the w − 1 tokens before it; bidirectional, w tokens on each
    // side.
    [Theory]
    [InlineData("mistral", """{"sliding_window": 3}""", 2)]
    [InlineData("qwen2", """{"sliding_window": 3, "use_sliding_window": true, "max_window_layers": 0}""", 2)]
    [InlineData("qwen3", """{"sliding_window": 3, "use_sliding_window": true, "layer_types": ["sliding_attention", "sliding_attention"]}""", 2)]
    [InlineData("gemma3_text", """{"sliding_window": 3}""", 2)]
    [InlineData("mistral", """{"sliding_window": 3, "is_causal": false}""", 3)]
    [InlineData("qwen2", """{"sliding_window": 3, "use_sliding_window": true, "max_window_layers": 0, "is_causal": false}""", 3)]
    [InlineData("gemma3_text", """{"sliding_window": 3, "is_causal": false}""", 3)]
    [InlineData("gemma3_text", """{"sliding_window": 4, "use_bidirectional_attention": true}""", 2)]
    [InlineData("modernbert", """{"local_attention": 4, "layer_types": ["sliding_attention", "sliding_attention"]}""", 2)]
    [InlineData("modernbert", """{"sliding_window": 2, "layer_types": ["sliding_attention", "sliding_attention"]}""", 2)]
    public void A_layer_with_sliding_attention_sees_so_many_tokens(string architecture, string settings, int distance)
    {
        var model = Body(architecture, settings.Replace("{", """{"num_hidden_layers": 1, """).Replace("""["sliding_attention", "sliding_attention"]""", """["sliding_attention"]"""));
        Sees(model, from: 9, to: 9 - distance).ShouldBeTrue();
        Sees(model, from: 9, to: 9 - distance - 1).ShouldBeFalse();
    }

    [Theory]
    [InlineData("mistral", """{"sliding_window": null}""")]
    [InlineData("qwen2", """{"sliding_window": 3, "use_sliding_window": false, "layer_types": ["sliding_attention", "sliding_attention"]}""")]
    [InlineData("qwen3", """{"sliding_window": 3, "use_sliding_window": true, "layer_types": ["full_attention", "full_attention"]}""")]
    [InlineData("gemma3_text", """{"sliding_window": 3, "layer_types": ["full_attention", "full_attention"]}""")]
    [InlineData("modernbert", """{"local_attention": 2, "layer_types": ["full_attention", "full_attention"]}""")]
    public void Other_layers_see_all(string architecture, string settings) => Sees(Body(architecture, settings), from: 9, to: 0).ShouldBeTrue();

    [Fact]
    public void Layer_types_say_what_the_older_numbers_say()
    {
        var old = Body("modernbert", """{"num_hidden_layers": 3, "global_attn_every_n_layers": 2, "local_attention": 4}""");
        var types = Body("modernbert", """{"num_hidden_layers": 3, "layer_types": ["full_attention", "sliding_attention", "full_attention"], "local_attention": 4}""");
        var others = Body("modernbert", """{"num_hidden_layers": 3, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"], "local_attention": 4}""");
        Output(types, Tokens).ShouldBe(Output(old, Tokens));
        Output(others, Tokens).ShouldNotBe(Output(old, Tokens));
        var message = Should.Throw<ModelFormatException>(() => Body("modernbert", """{"layer_types": ["full_attention"]}""")).Message;
        message.ShouldContain("'layer_types' has 1 entries; expected one for each of the 2 layers");
        Should.Throw<ModelFormatException>(() => Body("gemma3_text", """{"sliding_window": null}""")).Message.ShouldContain("'sliding_window' is null");
    }

    [Theory]
    [InlineData("llama", """{"rope_theta": 500.0}""", """{"rope_theta": null, "rope_parameters": {"rope_type": "default", "rope_theta": 500.0}}""")]
    [InlineData("qwen2", """{"rope_theta": 500.0, "rope_scaling": {"type": "linear", "factor": 2.0}}""", """{"rope_theta": null, "rope_parameters": {"rope_type": "linear", "rope_theta": 500.0, "factor": 2.0}}""")]
    [InlineData("llama", """{"partial_rotary_factor": 0.5}""", """{"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}}""")]
    [InlineData("gemma3_text", """{"rope_theta": 500.0, "rope_local_base_freq": 50.0}""", """{"rope_theta": null, "rope_local_base_freq": null, "rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 500.0}, "sliding_attention": {"rope_type": "default", "rope_theta": 50.0}}}""")]
    [InlineData("modernbert", """{"global_rope_theta": 500.0, "local_rope_theta": 50.0}""", """{"global_rope_theta": null, "local_rope_theta": null, "rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 500.0}, "sliding_attention": {"rope_type": "default", "rope_theta": 50.0}}}""")]
    public void Rotary_positions_are_the_same_in_the_older_form_and_the_newer(string architecture, string old, string newer)
    {
        var (expected, found) = (Output(Body(architecture, old), Tokens), Output(Body(architecture, newer), Tokens));
        found.ShouldBe(expected);
        found.ShouldNotBe(Output(Body(architecture, "{}"), Tokens));
    }

    [Theory]
    [InlineData("rope_scaling", """{"factor": 2.0}""")]
    [InlineData("rope_parameters", """{"rope_type": "default", "rope_theta": 500.0, "factor": 2.0}""")]
    public void A_factor_that_no_type_of_scaling_applies_is_an_error(string key, string value)
    {
        var message = Should.Throw<ModelFormatException>(() => Body("llama", $$"""{"{{key}}": {{value}}}""")).Message;
        message.ShouldContain("'factor' is 2, but 'rope_type' names no scaling; supported are dynamic, linear, llama3 and yarn");
        Output(Body("llama", $$"""{"{{key}}": {{value.Replace("2.0", "1.0", StringComparison.Ordinal)}}}"""), Tokens).Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_base_of_local_attention_that_is_null_is_that_of_global_attention()
    {
        const string Settings = """{"num_hidden_layers": 2, "global_rope_theta": 500.0, "local_attention": 4, """;
        var said = Output(Body("modernbert", Settings + "\"local_rope_theta\": 10000.0}"), Tokens);
        Output(Body("modernbert", Settings + "\"local_rope_theta\": null}"), Tokens).ShouldBe(Output(Body("modernbert", Settings + "\"local_rope_theta\": 500.0}"), Tokens));
        Output(Body("modernbert", Settings + "\"local_rope_theta\": null}"), Tokens).ShouldNotBe(said);
    }

    private static Transformer Body(string architecture, string settings) => ConfigurationKeysTests.Body(architecture, settings);

    // Returns whether the state of one token depends on another token.
    private static bool Sees(Transformer model, int from, int to)
    {
        int[] others = [.. Tokens];
        others[to] = 1;
        var width = model.HiddenSize;
        return !Output(model, Tokens).AsSpan(from * width, width).SequenceEqual(Output(model, others).AsSpan(from * width, width));
    }

    private static float[] Output(Transformer model, int[] tokens)
    {
        using var run = new Computation(maxThreads: 1);
        return model.Forward(run, PackedBatch.From([tokens])).Values.ToArray();
    }
}
