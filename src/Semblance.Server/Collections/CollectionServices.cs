using Semblance.Server.Inference;
using Semblance.Server.Models;

namespace Semblance.Server.Collections;

/// <summary>Represents the services that collections compute with.</summary>
/// <param name="Models">The models.</param>
/// <param name="Embeddings">The vectors.</param>
/// <param name="Reranker">The scores.</param>
internal sealed record CollectionServices(ModelHost Models, EmbeddingService Embeddings, RerankService Reranker);
