namespace Semblance.Training;

/// <summary><see cref="GISTEmbedLoss"/> over batches larger than memory, and so with more negatives than fit at once; see <see cref="GradientCache"/>.</summary>
/// <param name="guide">The guide model, which encodes each batch's texts too.</param>
/// <param name="temperature">What similarities are divided by.</param>
/// <param name="marginStrategy">How <paramref name="margin"/> is meant.</param>
/// <param name="margin">How much less near than the positive a candidate counts as false negative already.</param>
/// <param name="contrastAnchors">Whether other anchors are negatives of an anchor.</param>
/// <param name="contrastPositives">Whether other positives are negatives of a positive.</param>
/// <param name="miniBatchTokens">The most tokens that are computed at once.</param>
public sealed class CachedGISTEmbedLoss(
    SentenceTransformer guide,
    float temperature = 0.01f,
    MarginStrategy marginStrategy = MarginStrategy.Absolute,
    float margin = 0,
    bool contrastAnchors = true,
    bool contrastPositives = true,
    int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(
        new GISTEmbedLoss(temperature, marginStrategy, margin, contrastAnchors, contrastPositives) { Guide = guide ?? throw new ArgumentNullException(nameof(guide)) },
        miniBatchTokens);
