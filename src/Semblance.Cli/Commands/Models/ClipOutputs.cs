using Semblance.Checkpoints;
using Semblance.Cli.Input;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Clip;

namespace Semblance.Cli.Commands;

/// <summary>Computes the outputs of CLIP for a batch of texts, images or both, under the names of the original.</summary>
internal static class ClipOutputs
{
    /// <summary>Returns a value that indicates whether the model in a folder is a CLIP model with both encoders.</summary>
    public static bool IsClip(string folder) => ConfigurationFile.Read(Path.Combine(folder, "config.json")).Text("model_type") == "clip";

    /// <summary>Computes the outputs for a batch.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="input">
    /// A file with <c>input_ids</c> and optionally <c>attention_mask</c>, with <c>pixel_values</c>, or with both.
    /// </param>
    /// <param name="run">The computation, which owns the returned tensors.</param>
    /// <param name="host">The standard streams, for warnings.</param>
    /// <exception cref="InputException">The batch does not fit the model.</exception>
    public static Dictionary<string, Tensor> Of(string folder, string input, Computation run, Host host)
    {
        var file = SafetensorsFile.Open(input);
        var (texts, pixels) = (
            file.Contains("input_ids") ? PaddedBatch.Read(input) : null, file.Contains("pixel_values") ? file.Read("pixel_values") : null);
        if (texts is null && pixels is null)
        {
            throw new InputException(input, "the file has neither 'input_ids' nor 'pixel_values'; a CLIP model needs texts or images.");
        }

        var model = ClipModel.Load(folder);
        host.Warn(model.Warnings);
        try
        {
            return Outputs(model, texts, pixels, run);
        }
        catch (ArgumentException e)
        {
            throw new InputException(input, $"the batch does not fit the model: {Failure.Describe(e)}");
        }
    }

    private static Dictionary<string, Tensor> Outputs(ClipModel model, PaddedBatch? texts, Tensor? pixels, Computation run)
    {
        var outputs = new Dictionary<string, Tensor>();
        if (texts is not null)
        {
            var hidden = model.Text.Forward(run, texts.Packed);
            outputs["text_last_hidden_state"] = texts.Pad(hidden);
            outputs["text_pooler_output"] = model.Text.Pool(run, hidden, texts.Packed);
            outputs["text_features"] = model.TextFeatures(run, texts.Packed);
            outputs["text_embeds"] = run.Normalize(outputs["text_features"]);
        }

        if (pixels is not null)
        {
            var hidden = model.Vision.Forward(run, pixels);
            var images = pixels.Shape[0];
            outputs["vision_last_hidden_state"] = Tensor.From(hidden.Values, images, hidden.Rows / images, hidden.Columns);
            outputs["vision_pooler_output"] = model.Vision.Pool(run, hidden);
            outputs["image_features"] = model.ImageFeatures(run, pixels);
            outputs["image_embeds"] = run.Normalize(outputs["image_features"]);
        }

        if (texts is not null && pixels is not null)
        {
            outputs["logits_per_text"] = model.LogitsPerText(run, outputs["text_features"], outputs["image_features"]);
            outputs["logits_per_image"] = Transposed(outputs["logits_per_text"]);
        }

        return outputs;
    }

    private static Tensor Transposed(Tensor x)
    {
        var y = Tensor.Zeros(x.Columns, x.Rows);
        for (var i = 0; i < x.Length; i++)
        {
            y.Writable[(i % x.Columns * x.Rows) + (i / x.Columns)] = x.Values[i];
        }

        return y;
    }
}
