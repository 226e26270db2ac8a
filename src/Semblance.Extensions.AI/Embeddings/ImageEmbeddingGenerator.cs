using Microsoft.Extensions.AI;
using Semblance.Transformers.Images;

namespace Semblance.Extensions.AI;

/// <summary>Computes embeddings of images, in the vector space of the texts.</summary>
internal sealed class ImageEmbeddingGenerator<TEmbedding>(
    ModelSource<SentenceTransformer> source, EmbeddingSettings settings, ImageReader reader)
    : SentenceEmbeddingGenerator<DataContent, TEmbedding>(source, settings)
    where TEmbedding : Microsoft.Extensions.AI.Embedding
{
    protected override Embeddings Encode(
        SentenceTransformer model, IReadOnlyList<DataContent> inputs, EncodingRequest request, CancellationToken cancellationToken) =>
        model.EncodeImages([.. inputs.Select(Read)], request.Options, null, cancellationToken);

    private RgbImage Read(DataContent content, int index)
    {
        ArgumentNullException.ThrowIfNull(content);
        var name = content.Name ?? $"image {index}";
        return content.HasTopLevelMediaType("image")
            ? reader.Read(content.Data, name)
            : throw new ArgumentException(
                $"The content at index {index} has the media type '{content.MediaType}'; an image is expected, such as image/png.",
                nameof(content));
    }
}
