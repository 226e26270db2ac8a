using Semblance.Tensors;

namespace Semblance.Modules;

/// <summary>
/// Represents what a <see cref="SparseAutoEncoderModule"/> reconstructs of the dense vectors of a batch, each <c>[texts × dense
/// dimension]</c>: what its training minimizes the errors of.
/// </summary>
/// <param name="Dense">The dense vectors.</param>
/// <param name="Largest">Their reconstruction from the k largest elements, which are the sparse vectors.</param>
/// <param name="FourTimesLargest">Their reconstruction from the 4 k largest elements.</param>
/// <param name="Residual">The part of the dense vectors that the k largest elements, without the bias, do not have.</param>
/// <param name="Auxiliary">
/// The reconstruction of <paramref name="Residual"/> from the largest of the elements that no text has had for many batches.
/// </param>
public sealed record SparseReconstruction(Tensor Dense, Tensor Largest, Tensor FourTimesLargest, Tensor Residual, Tensor Auxiliary);
