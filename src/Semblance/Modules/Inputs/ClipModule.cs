using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Clip;
using Semblance.Transformers.Images;

namespace Semblance.Modules;

/// <summary>
/// Represents CLIP (Radford et al. 2021, arXiv:2103.00020), which encodes texts and images into one vector space. The vectors are not
/// normalized.
/// </summary>
public sealed class ClipModule : InputModule
{
    /// <summary>Initializes a new instance of the <see cref="ClipModule"/> class.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="model">The model with the text encoder and the image encoder.</param>
    /// <param name="processor">The image processor.</param>
    /// <exception cref="ArgumentException">The tokenizer has more token ids than the model.</exception>
    public ClipModule(Tokenizer tokenizer, ClipModel model, ImageProcessor processor)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(processor);
        if (tokenizer.VocabularySize > model.Text.VocabularySize)
        {
            throw new ArgumentException($"The tokenizer has {tokenizer.VocabularySize} ids, but the model has only "
                + $"{model.Text.VocabularySize}; they do not belong to the same model.", nameof(tokenizer));
        }

        (Tokenizer, Model, Processor) = (tokenizer, model, processor);
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.CLIPModel";

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <summary>Gets the model with the text encoder and the image encoder.</summary>
    public ClipModel Model { get; }

    /// <summary>Gets the image processor, which converts images to pixel values.</summary>
    public ImageProcessor Processor { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Model.Text.VocabularySize;

    /// <inheritdoc/>
    public override int MaxSequenceLength => Math.Min(Model.Text.MaxPositions, Tokenizer.ModelMaxLength);

    /// <inheritdoc/>
    public override bool MakesSentenceEmbeddings => true;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.SentenceWidth = Model.Dimension;
    }

    /// <summary>Loads the module from a folder with a CLIP model, its tokenizer and <c>preprocessor_config.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable"><see langword="true"/> to load parameters that can be trained; otherwise, <see langword="false"/>.</param>
    /// <exception cref="FormatException">A file is damaged, or the files do not fit together.</exception>
    public static ClipModule Load(string folder, bool trainable = false)
    {
        var model = ClipModel.Load(folder, trainable);
        var tokenizer = Tokenizer.Load(folder).LimitVocabulary(model.Text.VocabularySize);
        return tokenizer.VocabularySize <= model.Text.VocabularySize
            ? Create(tokenizer, model, ImageProcessor.Load(folder))
            : throw new ModelFormatException(folder, $"the tokenizer has {tokenizer.VocabularySize} ids, but the model has only "
                + $"{model.Text.VocabularySize}; the files do not belong to the same model.");
    }

    private static ClipModule Create(Tokenizer tokenizer, ClipModel model, ImageProcessor processor) =>
        new(tokenizer, model, processor) { Warnings = [.. tokenizer.Warnings, .. model.Warnings, .. processor.Warnings] };

    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text) => Tokenize(Tokenizer, text, MaxSequenceLength, specialTokens: true);

    /// <inheritdoc/>
    internal override int Tokenize(string text, int maxLength, TokenBuffer tokens)
    {
        Tokenizer.Encode(text, null, maxLength, specialTokens: true, tokens);
        return 0;
    }

    internal override void Prepare(ComputeType compute) => Model.Prepare(compute);

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.SentenceEmbeddings = features.Pixels is { } pixels
            ? Model.ImageFeatures(run, pixels)
            : Model.TextFeatures(run, features.Batch);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() =>
        Model.Parameters().Select(parameter => new Parameter("model." + parameter.Name, parameter.Value));

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        Model.Save(folder, weights);
        Tokenizer.Save(folder);
        Processor.Save(folder);
    }

    /// <inheritdoc/>
    public override string ToString() => $"CLIPModel({Model.Text.LayerCount} layers of texts, images of {Model.Vision.ImageSize} × "
        + $"{Model.Vision.ImageSize} pixels, dimension {Model.Dimension})";
}
