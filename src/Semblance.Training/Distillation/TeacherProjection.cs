using System.Numerics.Tensors;
using Semblance.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training;

/// <summary>Joins the vectors of several teachers and projects them onto their principal components.</summary>
/// <param name="scales">The factor of each teacher's vectors.</param>
/// <param name="components">The components <c>[dimension × teachers' dimensions]</c>, or <see langword="null"/> for no projection.</param>
internal sealed class TeacherProjection(float[] scales, Tensor? components)
{
    private readonly PreparedMatrix? _components = components is null ? null : new PreparedMatrix(components);

    /// <summary>Gets the factor of each teacher's vectors.</summary>
    public IReadOnlyList<float> Scales => scales;

    /// <summary>Gets the dimension that the joined vectors are projected to; <see langword="null"/> for no projection.</summary>
    public int? Dimension => components?.Rows;

    /// <summary>Joins, projects and normalizes.</summary>
    /// <param name="vectors">The normalized vectors of each teacher, <c>[texts × dimension]</c>.</param>
    /// <returns>The vectors, <c>[texts × dimension]</c>.</returns>
    public Tensor Apply(IReadOnlyList<Tensor> vectors)
    {
        var (rows, width) = (vectors[0].Rows, vectors.Sum(part => part.Columns));
        var joined = Tensor.Zeros(rows, width);
        for (var row = 0; row < rows; row++)
        {
            var target = joined.Writable.Slice(row * width, width);
            for (var t = 0; t < vectors.Count; t++)
            {
                TensorPrimitives.Multiply(vectors[t].Row(row), scales[t], target);
                target = target[vectors[t].Columns..];
            }
        }

        using var run = new Computation();
        var projected = _components is null ? joined : run.MatrixProduct(joined, _components);
        var result = Tensor.From(projected.Values, rows, projected.Length / rows);
        for (var row = 0; row < rows; row++)
        {
            var vector = result.Writable.Slice(row * result.Columns, result.Columns);
            var norm = TensorPrimitives.Norm<float>(vector);
            TensorPrimitives.Divide(vector, norm == 0 ? 1 : norm, vector);
        }

        return result;
    }
}
