using System.Text.Json.Nodes;
using Semblance.Files.Json;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents the settings of a method that trains the vectors of virtual tokens.</summary>
public abstract record PromptLearningConfig : AdapterConfig
{
    private protected PromptLearningConfig()
    {
    }

    /// <summary>Gets the number of virtual tokens; 20 by default.</summary>
    public int VirtualTokens { get; init; } = 20;

    /// <inheritdoc/>
    public override bool CanMerge => false;

    /// <summary>Gets the sizes of the model that PEFT stores: width, layers and heads.</summary>
    internal (int Width, int Layers, int Heads) Sizes { get; init; }

    /// <summary>Gets the keys that the methods of virtual tokens share.</summary>
    private protected static KnownKeys PromptKeys => new KnownKeys()
        .Supported("encoder_hidden_size", "num_virtual_tokens")
        .Ignored("num_attention_heads", "num_layers", "token_dim")
        .Unsupported("num_transformer_submodules", "encoders and causal decoders", "1")
        .With(CommonKeys);

    /// <summary>Reads the number of virtual tokens.</summary>
    private protected static int ReadTokens(ConfigurationFile file) => file.WholeNumber("num_virtual_tokens", 1, 1 << 16);

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        fields["num_virtual_tokens"] = VirtualTokens;
        fields["token_dim"] = Sizes.Width;
        fields["num_layers"] = Sizes.Layers;
        fields["num_attention_heads"] = Sizes.Heads;
        fields["num_transformer_submodules"] = 1;
    }

    /// <summary>Returns the settings with the sizes of a model.</summary>
    internal PromptLearningConfig Of(Transformer body) => this with
    {
        Sizes = (
            Width(body), body.LayerCount,
            body.Configuration.Find("num_attention_heads") is not null
                ? body.Configuration.WholeNumber("num_attention_heads", 1, 1 << 16) : 1),
    };

    internal sealed override void Wrap(AdapterBuilder model, Random random)
    {
        var words = model.Model.Body.WordEmbeddings;
        var name = model.Layers.FirstOrDefault(layer => layer.Value == words).Key
            ?? throw new ArgumentException("The model has no table of word embeddings, before which virtual tokens could be put.");
        model.Add(name, words, Wrapper(model.Model.Body, random));
    }

    /// <summary>Returns the width of a trained vector.</summary>
    private protected abstract int Width(Transformer body);

    /// <summary>Creates the wrapper of the table of word embeddings.</summary>
    private protected abstract AdapterWrapper Wrapper(Transformer body, Random random);
}
